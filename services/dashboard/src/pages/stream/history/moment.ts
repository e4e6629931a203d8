/** Which moment of a stream is looked at, as the address has it. Pure. */
import { instantIn } from '../../../ui/moments'

/** The newest graph, the graph as it was, or what differs between two moments. RFC 3339. */
export type Moment =
  | { kind: 'live' }
  | { kind: 'past'; at: string }
  | { kind: 'compared'; from: string; to: string }

export const LIVE: Moment = { kind: 'live' }

const ordered = (a: string, b: string): [string, string] =>
  Date.parse(a) <= Date.parse(b) ? [a, b] : [b, a]

/** Two moments are compared in the order of time, whichever is named first. */
export function compared(a: string, b: string): Moment {
  const [from, to] = ordered(a, b)
  return { kind: 'compared', from, to }
}

export function readMoment(params: URLSearchParams): Moment {
  const [from, to, at] = ['from', 'to', 'at'].map((name) => instantIn(params.get(name)))
  if (from && to) return compared(from, to)
  return at ? { kind: 'past', at } : LIVE
}

/** What to set in the address, and what to take out of it. */
export function inAddress(moment: Moment): Record<'at' | 'from' | 'to', string | null> {
  const none = { at: null, from: null, to: null }
  if (moment.kind === 'past') return { ...none, at: moment.at }
  if (moment.kind === 'compared') return { ...none, from: moment.from, to: moment.to }
  return none
}

/** Of the address, what a change of filters must not take away. */
const CARRIED = ['at', 'from', 'to', 'path', 'way']

export function carried(before: URLSearchParams, after: URLSearchParams): URLSearchParams {
  for (const name of CARRIED) {
    const value = before.get(name)
    if (value !== null && !after.has(name)) after.set(name, value)
  }
  return after
}
