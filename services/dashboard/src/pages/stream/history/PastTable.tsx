import { t } from '@lingui/core/macro'
import type { EdgeKey } from '../../../api/client'
import type { PastEdge, PastGraph } from '../../../api/history'
import * as format from '../../../format'
import { edgeId, effectOf, type Filters, intervalOf } from '../../../graph/model'
import { ScrollTable } from '../../../ui/ScrollTable'
import { Empty } from '../../../ui/states'
import { useNow } from '../../../ui/useNow'
import { isShown } from './picture'
import { clock } from './words'

interface Props {
  past: PastGraph
  filters: Filters
  onEdge: (edge: EdgeKey) => void
}

function Row({ edge, now, onEdge }: { edge: PastEdge; now: number } & Pick<Props, 'onEdge'>) {
  const { source, target, lag } = edge
  const interval = intervalOf(edge)
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => onEdge({ source, target, lag })}>
          {source} → {target}
        </button>
      </th>
      <td>{lag}</td>
      <td className={effectOf(edge) < 0 ? 'negative' : 'positive'}>{format.signed(edge.effect)}</td>
      <td>{interval ? interval.map((end) => format.signed(end)).join(' … ') : '–'}</td>
      <td>{edge.changed_at ? clock(edge.changed_at, now) : '–'}</td>
      <td>{edge.imported ? t`◇ expected` : t`own data`}</td>
    </tr>
  )
}

/** The edges of a moment as rows, the strongest first. */
export function PastTable({ past, filters, onEdge }: Props) {
  const now = useNow()
  const size = (edge: PastEdge) => Math.abs(effectOf(edge))
  const rows = past.edges.filter((edge) => isShown(edge, filters)).sort((a, b) => size(b) - size(a))
  return (
    <div className="table-card">
      <ScrollTable label={t`Edges at that moment`}>
        <table data-testid="past-table">
          <caption className="visually-hidden">{t`Accepted edges at that moment`}</caption>
          <thead>
            <tr>
              <th scope="col">{t`edge`}</th>
              <th scope="col">{t`lag`}</th>
              <th scope="col">{t`effect`}</th>
              <th scope="col">{t`interval`}</th>
              <th scope="col">{t`last change until then`}</th>
              <th scope="col">{t`basis`}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((edge) => (
              <Row key={edgeId(edge)} edge={edge} now={now} onEdge={onEdge} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {rows.length === 0 && (
        <Empty title={t`There was no edge at that moment, or the filters hide them.`} />
      )}
    </div>
  )
}
