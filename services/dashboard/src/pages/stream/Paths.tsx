import type { CausalPath } from '../../api/client'
import * as format from '../../format'
import { later } from '../../graph/words'
import { Panel } from '../../ui/small'

interface Props {
  paths: readonly CausalPath[]
  cadence: number | null
}

const SHOWN = 5

/** Chains of accepted edges: how far a change travels, and how long it takes. */
export function Paths({ paths, cadence }: Props) {
  if (paths.length === 0) return null
  return (
    <Panel title="Causal paths">
      <ol className="paths">
        {paths.slice(0, SHOWN).map((path) => (
          <li key={`${path.variables.join(' ')} ${path.lags.join(' ')}`}>
            <span>{path.variables.join(' → ')}</span>
            <small>
              <span className={path.effect < 0 ? 'negative' : 'positive'}>
                {format.signed(path.effect)} sd
              </span>{' '}
              {later(path.delay, cadence)}
            </small>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
