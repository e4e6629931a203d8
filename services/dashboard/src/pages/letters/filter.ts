/** Which dead letters are looked at, kept in the address. Pure. */
import type { LetterFilter } from '../../api/letters'
import { instantIn } from '../../ui/moments'

export function readFilter(params: URLSearchParams): LetterFilter {
  return {
    reason: params.get('reason'),
    origin: params.get('origin'),
    key: params.get('key'),
    since: instantIn(params.get('since')),
    until: instantIn(params.get('until')),
  }
}

export const isFiltered = (filter: LetterFilter): boolean =>
  Object.values(filter).some((wanted) => wanted !== null)

/** The most frequent first. */
export function byCount(counts: Record<string, number>): [name: string, count: number][] {
  return Object.entries(counts).sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
}
