import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import type { ReactNode } from 'react'
import type { Edge, EdgeKey } from '../../api/client'
import { codeName } from '../../codes'
import * as format from '../../format'
import { expectation } from '../../graph/imports'
import {
  edgeId,
  effectOf,
  type Filters,
  filterEdges,
  intervalOf,
  type Verdict,
  verdict,
} from '../../graph/model'
import { ScrollTable } from '../../ui/ScrollTable'
import { Empty } from '../../ui/states'
import { type Column, columns, nextSort, type Sort, sorted } from './sorting'

interface Props {
  edges: readonly Edge[]
  filters: Filters
  truth: readonly EdgeKey[] | null
  sort: Sort
  onSort: (sort: Sort) => void
  tested: boolean
  onTested: (tested: boolean) => void
  onEdge: (edge: EdgeKey) => void
}

const VERDICT: Record<Exclude<Verdict, 'unknown'>, MessageDescriptor> = {
  known: msg`✓ true`,
  near: msg`≈ true pair`,
  false: msg`✕ not in truth`,
  missed: msg`missed`,
}

const verdictInWords = (said: Verdict): string => (said === 'unknown' ? '' : i18n._(VERDICT[said]))

const COLUMNS: Record<Column, MessageDescriptor> = {
  edge: msg`edge`,
  lag: msg`lag`,
  effect: msg`effect`,
  interval: msg`interval`,
  p: msg`p`,
  q: msg`q`,
  stability: msg`stability`,
  windows: msg`windows`,
  state: msg`state`,
  basis: msg`basis`,
}

/** Whether the stream's own data show it, or only others expect it. */
function Basis({ edge }: { edge: Edge }) {
  const said = expectation(edge) ?? t`nobody else says anything of it`
  return <span title={said}>{edge.imported ? t`◇ expected` : t`own data`}</span>
}

function cell(column: Column, edge: Edge): ReactNode {
  if (column === 'effect') {
    return (
      <span className={effectOf(edge) < 0 ? 'negative' : 'positive'}>
        {format.signed(edge.effect)}
      </span>
    )
  }
  if (column === 'interval') {
    const interval = intervalOf(edge)
    return interval ? interval.map((end) => format.signed(end)).join(' … ') : '–'
  }
  if (column === 'p' || column === 'q') {
    return format.probability(column === 'p' ? edge.p_value : edge.q_value)
  }
  if (column === 'stability') return format.share(edge.stability)
  if (column === 'state') return codeName(edge.state)
  if (column === 'basis') return <Basis edge={edge} />
  return column === 'edge' ? null : edge[column]
}

function Head({ column, sort, onSort }: { column: Column; sort: Sort; onSort: (s: Sort) => void }) {
  const active = sort.column === column
  const order = active ? (sort.descending ? 'descending' : 'ascending') : 'none'
  return (
    <th aria-sort={order} scope="col" className={`column-${column}`}>
      <button type="button" onClick={() => onSort(nextSort(sort, column))}>
        {i18n._(COLUMNS[column])}
        <span aria-hidden="true">{active ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

function Row({ edge, truth, onEdge }: { edge: Edge } & Pick<Props, 'truth' | 'onEdge'>) {
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => onEdge(edge)}>
          {edge.source} {edge.oriented ? '→' : '—'} {edge.target}
        </button>
      </th>
      {columns.slice(1).map((column) => (
        <td key={column}>{cell(column, edge)}</td>
      ))}
      {truth && (
        <td className={`verdict-${verdict(edge, truth)}`}>
          {verdictInWords(verdict(edge, truth))}
        </td>
      )}
    </tr>
  )
}

/** The same edges as the graph, as rows: sortable, and readable without seeing the drawing. */
export function EdgeTable(props: Props) {
  const { edges, filters, truth, sort, onSort, tested, onTested, onEdge } = props
  const rows = sorted(filterEdges(edges, filters), sort)
  return (
    <div className="table-card">
      <label className="filter check">
        <input type="checkbox" checked={tested} onChange={(e) => onTested(e.target.checked)} />
        {t`Every edge that was tested, not only the accepted`}
      </label>
      <ScrollTable label={t`Edges`}>
        <table data-testid="edge-table">
          <caption className="visually-hidden">{t`Causal edges of this stream`}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column} column={column} sort={sort} onSort={onSort} />
              ))}
              {truth && <th scope="col">{t`truth`}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((edge) => (
              <Row key={edgeId(edge)} edge={edge} truth={truth} onEdge={onEdge} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {rows.length === 0 && (
        <Empty
          title={t`No edge to show: none has passed its tests yet, or the filters hide them.`}
        />
      )}
    </div>
  )
}
