import { t } from '@lingui/core/macro'
import { Plural, Trans } from '@lingui/react/macro'
import type { Hyperedge } from '../../api/client'
import * as format from '../../format'
import { Panel } from '../../ui/small'

const SHOWN = 8

const sourcesOf = ({ sources }: Hyperedge): string =>
  sources.map(([name, lag]) => t`${name} (lag ${lag})`).join(' × ')

/** Sources that act on a target together, beyond what each of them does. */
export function Jointly({ hyperedges }: { hyperedges: readonly Hyperedge[] }) {
  if (hyperedges.length === 0) return null
  return (
    <Panel title={t`Acting jointly`}>
      <ol className="paths">
        {hyperedges.slice(0, SHOWN).map((each) => (
          <li key={`${sourcesOf(each)} ${each.target}`}>
            <span>
              {sourcesOf(each)} → {each.target}
            </span>
            <small>
              <Trans>
                <span className={(each.effect ?? 0) < 0 ? 'negative' : 'positive'}>
                  {format.signed(each.effect)} sd
                </span>{' '}
                per sd of their product; q {format.probability(each.q_value)}, by{' '}
                <Plural value={each.rows} one="# row" other="# rows" /> since it was looked for
              </Trans>
            </small>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
