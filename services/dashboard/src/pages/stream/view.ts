/**
 * What the reader looks at on a stream's page, kept in the address, so that a link shows the same.
 * Pure; defaults are left out of the address.
 */
import type { EdgeKey } from '../../api/client'
import { type Filters, NO_FILTERS } from '../../graph/model'
import { type Camera, readCamera, writeCamera } from '../../graph/space/camera'
import { readSort, type Sort, STRONGEST_FIRST, writeSort } from './sorting'

/** Drawn flat, drawn unrolled in time, or told in rows. */
export type Form = 'graph' | 'space' | 'table'

export interface View {
  as: Form
  /** In the table: every edge that was tested, not only the accepted. */
  tested: boolean
  filters: Filters
  edge: EdgeKey | null
  /** Where the unrolled graph is seen from; null is its home. */
  camera: Camera | null
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

function readForm(text: string | null): Form {
  return text === 'space' || text === 'table' ? text : 'graph'
}

export function readView(params: URLSearchParams): View {
  const minEffect = Number(params.get('min') ?? 0)
  return {
    as: readForm(params.get('view')),
    tested: params.get('edges') === 'tested',
    filters: {
      minEffect: Number.isFinite(minEffect) ? Math.max(0, minEffect) : 0,
      lags: readLags(params.get('lags')),
      autocorrelation: params.get('auto') === '1',
      missed: params.get('missed') !== '0',
      variable: params.get('variable'),
    },
    edge: readEdge(params),
    camera: readCamera(params.get('camera')),
    sort: readSort(params.get('sort')),
  }
}

export function writeView(view: View): URLSearchParams {
  const { as, tested, filters, edge, camera, sort } = view
  const params = new URLSearchParams()
  if (as !== 'graph') params.set('view', as)
  if (writeCamera(camera)) params.set('camera', writeCamera(camera))
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

const PLAIN: View = {
  as: 'graph',
  tested: false,
  filters: NO_FILTERS,
  edge: null,
  camera: null,
  sort: STRONGEST_FIRST,
}

/** The address that shows one edge of a stream. */
export function edgeAddress(stream: string, { source, target, lag }: EdgeKey): string {
  const auto = source === target
  const filters = { ...NO_FILTERS, autocorrelation: auto }
  const view = { ...PLAIN, filters, edge: { source, target, lag } }
  return `/streams/${encodeURIComponent(stream)}?${writeView(view)}`
}
