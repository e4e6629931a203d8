/**
 * The history of a stream as an axis with stops: every moment at which something changed, and
 * behind the last one the graph that lives. Pure; instants in milliseconds since the epoch.
 */
import type { HistoryPoint, StreamHistory } from '../../../api/history'

export interface Stop {
  /** RFC 3339; null is live. */
  at: string | null
  time: number
  edges: number
}

export interface Frame {
  left: number
  right: number
  top: number
  bottom: number
}

const edgesBefore = ({ edges, appeared, vanished }: HistoryPoint): number =>
  Math.max(0, edges - appeared + vanished)

/** All stops, oldest first: where the history begins, each change, and live. */
export function stopsOf({ since, until, points }: StreamHistory): Stop[] {
  const stops: Stop[] = points.map(({ at, edges }) => ({ at, time: Date.parse(at), edges }))
  const [first] = points
  if (first && Date.parse(since) < Date.parse(first.at)) {
    stops.unshift({ at: since, time: Date.parse(since), edges: edgesBefore(first) })
  }
  const last = stops.at(-1)
  const end = Math.max(Date.parse(until), last?.time ?? 0)
  return [...stops, { at: null, time: end, edges: last?.edges ?? 0 }]
}

export const lastOf = (stops: readonly Stop[]): number => stops.length - 1

/** The stop at which a moment is: the newest that is not after it; live for null. */
export function stopAt(stops: readonly Stop[], at: string | null): number {
  if (at === null) return lastOf(stops)
  const time = Date.parse(at)
  const past = stops.findLastIndex((stop) => stop.at !== null && stop.time <= time)
  return Math.max(0, past)
}

const LEAP = 10

/** Where a key leads from a stop; null for keys that lead nowhere. */
export function stepped(stops: readonly Stop[], from: number, key: string): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from + 1,
    PageDown: from - LEAP,
    PageUp: from + LEAP,
    Home: 0,
    End: lastOf(stops),
  }
  const to = steps[key]
  return to === undefined ? null : Math.min(lastOf(stops), Math.max(0, to))
}

/** Width that the end of the axis keeps for what is live, in pixels. */
export const LIVE_WIDTH = 18

/** Where a stop stands; live stands at the very end. */
export function placeOf(stops: readonly Stop[], { left, right }: Frame): (stop: Stop) => number {
  const [first, last] = [stops[0]?.time ?? 0, stops.at(-1)?.time ?? 0]
  const span = Math.max(1, last - first)
  const width = right - LIVE_WIDTH - left
  return ({ at, time }) => (at === null ? right : left + (width * (time - first)) / span)
}

/** The stop that is nearest to a place. */
export function nearest(stops: readonly Stop[], frame: Frame, x: number): number {
  const place = placeOf(stops, frame)
  let best = 0
  stops.forEach((stop, i) => {
    const [own, known] = [place(stop), place(stops[best] as Stop)]
    if (Math.abs(own - x) <= Math.abs(known - x)) best = i
  })
  return best
}

/** How many edges there were, as a staircase: a number holds until the next one. */
export function staircase(stops: readonly Stop[], frame: Frame): string {
  const place = placeOf(stops, frame)
  const most = Math.max(1, ...stops.map(({ edges }) => edges))
  const height = (edges: number) => frame.bottom - ((frame.bottom - frame.top) * edges) / most
  const [first, ...rest] = stops
  if (!first) return ''
  const start = `M${place(first).toFixed(1)},${height(first.edges).toFixed(1)}`
  return `${start}${rest.map((s) => `H${place(s).toFixed(1)}V${height(s.edges).toFixed(1)}`).join('')}`
}

/** What changed at a moment, up and down of one line; heights as shares of the most. */
export interface Tick {
  at: string
  x: number
  appeared: number
  vanished: number
  altered: number
}

export function ticksOf(
  points: readonly HistoryPoint[],
  stops: readonly Stop[],
  frame: Frame,
): Tick[] {
  const place = placeOf(stops, frame)
  const altered = (p: HistoryPoint) => p.strengthened + p.weakened + p.flipped
  const most = Math.max(1, ...points.flatMap((p) => [p.appeared, p.vanished, altered(p)]))
  // A single change among hundreds is still to be seen.
  const share = (n: number) => (n === 0 ? 0 : 0.25 + (0.75 * n) / most)
  return points.map((point) => ({
    at: point.at,
    x: place({ at: point.at, time: Date.parse(point.at), edges: 0 }),
    appeared: share(point.appeared),
    vanished: share(point.vanished),
    altered: share(altered(point)),
  }))
}

/** Where other rules began to hold. */
export interface Turn {
  x: number
  regime: number
}

/** Where the regime changed; where there was but one, nowhere. */
export function turnsOf(
  points: readonly HistoryPoint[],
  stops: readonly Stop[],
  frame: Frame,
): Turn[] {
  const place = placeOf(stops, frame)
  return points.flatMap(({ at, regime }, i) => {
    const before = points[i - 1]
    if (!before || before.regime === regime) return []
    return [{ x: place({ at, time: Date.parse(at), edges: 0 }), regime }]
  })
}

const REPLAY_MS = 20_000
const SHORTEST_MS = 250
/** Under reduced motion: few steps, each long enough to be read. */
const STEP_MS = 2_000

export interface Replay {
  /** Indices of stops, the last is live. */
  stops: number[]
  everyMs: number
}

/** A walk through the history in about 20 s, from its beginning or from a stop within it. */
export function replayOf(stops: readonly Stop[], from: number, still: boolean): Replay {
  const last = lastOf(stops)
  const start = from >= last ? 0 : from
  const most = REPLAY_MS / (still ? STEP_MS : SHORTEST_MS)
  const count = Math.max(1, Math.min(most, last - start))
  const indices = Array.from({ length: count + 1 }, (_, i) =>
    Math.round(start + ((last - start) * i) / count),
  )
  const everyMs = still ? STEP_MS : Math.min(STEP_MS, REPLAY_MS / count)
  return { stops: [...new Set(indices)], everyMs }
}
