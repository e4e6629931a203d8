/** The effect of an edge at each of its changes, as a chart has it. Pure. */
import type { EdgeDetails, EdgeEvent } from '../../../api/history'
import { intervalOf } from '../../../graph/model'

export interface EvidencePoint {
  /** Of the change; "now" for what holds now. */
  id: string
  at: string
  time: number
  effect: number
  interval: [number, number] | null
  change: EdgeEvent['change'] | 'now'
}

const timeOf = (at: string): number => Date.parse(at)

/** Oldest first; the last is what holds now. */
export function evidenceOf({ changes, as_of, effect, ci, state }: EdgeDetails): EvidencePoint[] {
  const told = changes.flatMap((event) =>
    event.effect === null
      ? []
      : {
          id: event.id,
          at: event.at,
          time: timeOf(event.at),
          effect: event.effect,
          interval: intervalOf(event),
          change: event.change,
        },
  )
  const points: EvidencePoint[] = told.sort((a, b) => a.time - b.time)
  if (as_of === null || effect === null || state !== 'accepted') return points
  const now = { id: 'now', at: as_of, time: timeOf(as_of), effect, interval: intervalOf({ ci }) }
  return [...points, { ...now, change: 'now' }]
}

export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

export interface EvidenceScale {
  x: (time: number) => number
  y: (effect: number) => number
}

/** Zero is always to be seen: an interval that touches it says "maybe nothing". */
export function evidenceScale(points: readonly EvidencePoint[], box: Box): EvidenceScale {
  const times = points.map(({ time }) => time)
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const values = points.flatMap(({ effect, interval }) => [effect, ...(interval ?? []), 0])
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = (high - low || 1) * 0.08
  const share = (value: number, from: number, to: number) => (value - from) / (to - from || 1)
  return {
    x: (time) =>
      box.left + (box.right - box.left) * (last > first ? share(time, first, last) : 0.5),
    y: (effect) => box.bottom - (box.bottom - box.top) * share(effect, low - room, high + room),
  }
}
