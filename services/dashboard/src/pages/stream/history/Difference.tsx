import { t } from '@lingui/core/macro'
import type { EdgeKey } from '../../../api/client'
import type { EdgeDifference, GraphDifferences } from '../../../api/history'
import * as format from '../../../format'
import { edgeId, type Filters } from '../../../graph/model'
import { SIGN } from '../../../graph/shapes'
import { ScrollTable } from '../../../ui/ScrollTable'
import { Panel } from '../../../ui/small'
import { effectAfter, isShown } from './picture'
import { countsInWords, differenceInWords, KINDS, kindName } from './words'

interface Props {
  difference: GraphDifferences
  filters: Filters
  onEdge: (edge: EdgeKey) => void
}

const bySize = (a: EdgeDifference, b: EdgeDifference): number =>
  Math.abs(effectAfter(b)) - Math.abs(effectAfter(a))

function shown(edges: readonly EdgeDifference[], filters: Filters): EdgeDifference[] {
  return edges
    .filter((edge) => isShown({ ...edge, effect: effectAfter(edge) }, filters))
    .sort(bySize)
}

const keyOf = ({ source, target, lag }: EdgeKey): EdgeKey => ({ source, target, lag })

function Group({ edges, onEdge }: { edges: readonly EdgeDifference[] } & Pick<Props, 'onEdge'>) {
  return (
    <ul>
      {edges.map((edge) => (
        <li key={edgeId(edge)}>
          <button type="button" className="link" onClick={() => onEdge(keyOf(edge))}>
            {differenceInWords(edge)}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** What became of the edges between two moments, in words. */
export function DifferencePanel({ difference, filters, onEdge }: Props) {
  const edges = shown(difference.edges, filters)
  const groups = KINDS.filter((kind) => kind !== 'same').map((kind) => ({
    kind,
    edges: edges.filter(({ change }) => change === kind),
  }))
  return (
    <Panel title={t`What differs`}>
      <div className="difference" data-testid="difference">
        <p>{countsInWords(difference.counts)}.</p>
        {groups.map(
          ({ kind, edges: own }) =>
            own.length > 0 && (
              <section key={kind} aria-label={kindName(kind)}>
                <h3>
                  <span aria-hidden="true" className={`sign-of-${kind}`}>
                    {SIGN[kind]}
                  </span>
                  {kindName(kind)} <small>{format.count(own.length)}</small>
                </h3>
                <Group edges={own} onEdge={onEdge} />
              </section>
            ),
        )}
        {difference.passing.length > 0 && (
          <section aria-label={t`came and went`}>
            <h3>
              {t`came and went in between`} <small>{format.count(difference.passing.length)}</small>
            </h3>
            <ul>
              {difference.passing.map(({ source, target, lag }) => (
                <li
                  key={edgeId({ source, target, lag })}
                >{t`${source} → ${target} at lag ${lag}`}</li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Panel>
  )
}

/** The same as rows. */
export function DifferenceTable({ difference, filters, onEdge }: Props) {
  const rank = ({ change }: EdgeDifference) => KINDS.indexOf(change)
  const rows = shown(difference.edges, filters).sort((a, b) => rank(a) - rank(b))
  return (
    <div className="table-card">
      <p>{countsInWords(difference.counts)}.</p>
      <ScrollTable label={t`Differences`}>
        <table data-testid="difference-table">
          <caption className="visually-hidden">{t`What became of each edge`}</caption>
          <thead>
            <tr>
              <th scope="col">{t`edge`}</th>
              <th scope="col">{t`lag`}</th>
              <th scope="col">{t`what became of it`}</th>
              <th scope="col">{t`before`}</th>
              <th scope="col">{t`after`}</th>
              <th scope="col" title={t`How many times it changed in between`}>{t`changes`}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((edge) => (
              <tr key={edgeId(edge)}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => onEdge(keyOf(edge))}>
                    {edge.source} → {edge.target}
                  </button>
                </th>
                <td>{edge.lag}</td>
                <td className={`sign-of-${edge.change}`}>
                  {SIGN[edge.change]}
                  {kindName(edge.change)}
                </td>
                <td>{format.signed(edge.before)}</td>
                <td>{format.signed(edge.after)}</td>
                <td>{format.count(edge.changes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </div>
  )
}
