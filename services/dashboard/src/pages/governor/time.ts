/** A span of time as an axis. Pure; instants in milliseconds since the epoch. */

export interface Span {
  from: number
  to: number
}

export const SPANS = ['1m', '10m', '1h', 'all'] as const
export type SpanName = (typeof SPANS)[number]

const LENGTH_MS: Record<Exclude<SpanName, 'all'>, number> = {
  '1m': 60_000,
  '10m': 600_000,
  '1h': 3_600_000,
}
const SHORTEST_MS = 10_000

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400]

/** The span that ends at `now`; all of it begins with the first instant that is known. */
export function spanOf(name: SpanName, instants: readonly number[], now: number): Span {
  if (name !== 'all') return { from: now - LENGTH_MS[name], to: now }
  const first = instants.reduce((a, b) => Math.min(a, b), now)
  return { from: Math.min(first, now - SHORTEST_MS), to: now }
}

/** Where an instant stands between `left` and `right`; never beyond them. */
export function axis({ from, to }: Span, left: number, right: number): (at: number) => number {
  return (at) => left + ((right - left) * (Math.min(to, Math.max(from, at)) - from)) / (to - from)
}

/** Round instants inside the span, `most` at most. */
export function timeTicks({ from, to }: Span, most: number): number[] {
  const rough = (to - from) / 1000 / most
  const step = 1000 * (STEPS_S.find((s) => s >= rough) ?? Math.ceil(rough / 86_400) * 86_400)
  const first = Math.ceil((from + (to - from) * 0.04) / step) * step
  const last = to - (to - from) * 0.04
  const ticks: number[] = []
  for (let at = first; at <= last; at += step) ticks.push(at)
  return ticks
}
