/**
 * What the reader looks at on a stream's page, kept in the address, so that a link shows the same.
 * Pure; defaults are left out of the address.
 */
import type { EdgeKey } from '../../api/client'
import { type Filters, NO_FILTERS } from '../../graph/model'
import { readSort, type Sort, STRONGEST_FIRST, writeSort } from './sorting'

export interface View {
  table: boolean
  /** In the table: every edge that was tested, not only the accepted. */
  tested: boolean
  filters: Filters
  edge: EdgeKey | null
  /** Order of the table. */
  sort: Sort
}

function readLags(text: string | null): number[] {
  const lags = (text ?? '').split(',').filter(Boolean).map(Number)
  return lags.filter((lag) => Number.isInteger(lag) && lag >= 0)
}

function readEdge(params: URLSearchParams): EdgeKey | null {
  const [source, target] = [params.get('source'), params.get('target')]
  const lag = Number(params.get('lag') ?? Number.NaN)
  return source !== null && target !== null && Number.isInteger(lag)
    ? { source, target, lag }
    : null
}

export function readView(params: URLSearchParams): View {
  const minEffect = Number(params.get('min') ?? 0)
  return {
    table: params.get('view') === 'table',
    tested: params.get('edges') === 'tested',
    filters: {
      minEffect: Number.isFinite(minEffect) ? Math.max(0, minEffect) : 0,
      lags: readLags(params.get('lags')),
      autocorrelation: params.get('auto') === '1',
      missed: params.get('missed') !== '0',
      variable: params.get('variable'),
    },
    edge: readEdge(params),
    sort: readSort(params.get('sort')),
  }
}

export function writeView({ table, tested, filters, edge, sort }: View): URLSearchParams {
  const params = new URLSearchParams()
  if (table) params.set('view', 'table')
  if (tested) params.set('edges', 'tested')
  if (filters.minEffect > 0) params.set('min', String(filters.minEffect))
  if (filters.lags.length > 0) params.set('lags', filters.lags.join(','))
  if (filters.autocorrelation) params.set('auto', '1')
  if (!filters.missed) params.set('missed', '0')
  if (filters.variable) params.set('variable', filters.variable)
  if (writeSort(sort)) params.set('sort', writeSort(sort))
  if (edge) {
    params.set('source', edge.source)
    params.set('target', edge.target)
    params.set('lag', String(edge.lag))
  }
  return params
}

/** The address that shows one edge of a stream. */
export function edgeAddress(stream: string, { source, target, lag }: EdgeKey): string {
  const auto = source === target
  const filters = { ...NO_FILTERS, autocorrelation: auto }
  const sort = STRONGEST_FIRST
  const view = { table: false, tested: false, filters, edge: { source, target, lag }, sort }
  return `/streams/${encodeURIComponent(stream)}?${writeView(view)}`
}
