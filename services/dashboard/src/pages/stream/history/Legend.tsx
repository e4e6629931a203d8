import { t } from '@lingui/core/macro'
import { SIGN } from '../../../graph/shapes'
import { KINDS, kindName } from './words'

/** What the signs on the edges of a difference mean. */
export function DifferenceLegend() {
  return (
    <ul className="legend" aria-label={t`Legend of the difference`}>
      {KINDS.map((kind) => (
        <li key={kind}>
          <span aria-hidden="true" className={`legend-sign sign-of-${kind}`}>
            {SIGN[kind] || '·'}
          </span>
          {kind === 'vanished'
            ? t`vanished, dashed`
            : kind === 'same'
              ? t`the same, pale`
              : kindName(kind)}
        </li>
      ))}
    </ul>
  )
}
