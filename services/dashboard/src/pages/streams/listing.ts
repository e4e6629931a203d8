/** Which streams are listed, and in what order; kept in the address. Pure. */
import type { Stream } from '../../api/streams'

export const COLUMNS = [
  'name',
  'rate',
  'records',
  'windows',
  'variables',
  'flaws',
  'late',
  'last',
  'edges',
] as const

export type ColumnName = (typeof COLUMNS)[number]

export interface Listing {
  /** Found in the name, the domain or a variable. */
  text: string
  state: 'running' | 'paused' | null
  /** Those alone that have flaws or late records. */
  flawed: boolean
  column: ColumnName
  descending: boolean
}

export const flawsOf = ({ flaws }: Pick<Stream, 'flaws'>): number =>
  Object.values(flaws).reduce((sum, n) => sum + n, 0)

const VALUE: Record<ColumnName, (stream: Stream) => number | string> = {
  name: ({ id }) => id,
  rate: ({ rate }) => rate,
  records: ({ records }) => records,
  windows: ({ windows }) => windows,
  variables: ({ variables }) => variables.length,
  flaws: flawsOf,
  late: ({ late }) => late,
  last: ({ last_record_at: at }) => (at ? Date.parse(at) : 0),
  edges: ({ edges }) => edges,
}

export function readListing(params: URLSearchParams): Listing {
  const sort = params.get('sort') ?? ''
  const state = params.get('state')
  return {
    text: params.get('q') ?? '',
    state: state === 'running' || state === 'paused' ? state : null,
    flawed: params.has('flawed'),
    column: COLUMNS.find((name) => name === sort.replace(/^-/, '')) ?? 'name',
    descending: sort.startsWith('-'),
  }
}

export const isFiltered = ({ text, state, flawed }: Listing): boolean =>
  text !== '' || state !== null || flawed

/** What a press on a column's head puts into the address; names rise first, figures fall. */
export function sortBy(now: Listing, column: ColumnName): string {
  const descending = now.column === column ? !now.descending : column !== 'name'
  const sort = `${descending ? '-' : ''}${column}`
  return sort === 'name' ? '' : sort
}

function fits(stream: Stream, { text, state, flawed }: Listing): boolean {
  const words = [stream.id, stream.domain, ...stream.variables].map((word) => word.toLowerCase())
  const isFound = words.some((word) => word.includes(text.toLowerCase()))
  if (!isFound || (state !== null && stream.state !== state)) return false
  return !flawed || flawsOf(stream) + stream.late > 0
}

const collator = new Intl.Collator('en', { numeric: true })

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return collator.compare(String(a), String(b))
}

/** Equal ones are in the order of their names. */
export function listed<S extends Stream>(streams: readonly S[], listing: Listing): S[] {
  const value = VALUE[listing.column]
  const sign = listing.descending ? -1 : 1
  return streams
    .filter((stream) => fits(stream, listing))
    .sort((a, b) => sign * compare(value(a), value(b)) || collator.compare(a.id, b.id))
}
