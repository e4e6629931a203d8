/**
 * The graph unrolled in time: sheet 0 is now, sheet k is k steps earlier, each `gap` behind the one
 * before. Pure; lengths in the layout's unit, one link.
 *
 * An edge of lag k runs from its source in sheet k to its target in sheet 0. It holds at every
 * step: its repetition one step earlier runs from sheet k + 1 to sheet 1.
 */
import type { Positions } from '../layout'
import type { DrawnEdge } from '../model'
import type { Frame, Vector } from './camera'

/** How the layout lies in a sheet; see layout.ts. */
export interface Lie {
  /** By how much the main axis is stretched. */
  stretch: number
  /** Whether the main axis runs downwards. */
  upright: boolean
}

export interface Curve {
  from: Vector
  /** The control point of a quadratic curve. */
  via: Vector
  to: Vector
}

const MARGIN = 0.4
const CLOSEST = 0.55
const FARTHEST = 1.7
/** Depth of all sheets together, as a share of the larger side of one. */
const DEEP = 0.85
const ARCH = 0.16

/** Where each variable stands in sheet 0. */
export function faces(points: Positions, { stretch, upright }: Lie): Map<string, Vector> {
  return new Map(
    [...points].map(([name, { x, y }]) => {
      const [along, across] = [x * stretch, y]
      return [name, upright ? { x: across, y: -along, z: 0 } : { x: along, y: -across, z: 0 }]
    }),
  )
}

/** How far apart sheets are, so that they are together about as deep as one is wide. */
export function gapOf(front: ReadonlyMap<string, Vector>, maxLag: number): number {
  if (maxLag === 0) return FARTHEST
  const { half } = frameOf(front, 0, 0)
  const deep = 2 * DEEP * Math.max(half.x, half.y)
  return Math.min(FARTHEST, Math.max(CLOSEST, deep / maxLag))
}

/** The box around all sheets, with a margin around the variables. */
export function frameOf(front: ReadonlyMap<string, Vector>, maxLag: number, gap: number): Frame {
  const all = [...front.values()]
  const span = (of: (v: Vector) => number): [number, number] => {
    const low = Math.min(...all.map(of), Number.POSITIVE_INFINITY)
    const high = Math.max(...all.map(of), Number.NEGATIVE_INFINITY)
    return low <= high ? [low - MARGIN, high + MARGIN] : [-1, 1]
  }
  const [left, right] = span((v) => v.x)
  const [low, high] = span((v) => v.y)
  const deep = maxLag * gap
  return {
    middle: { x: (left + right) / 2, y: (low + high) / 2, z: -deep / 2 },
    half: { x: (right - left) / 2, y: (high - low) / 2, z: deep / 2 },
  }
}

export const behind = ({ x, y, z }: Vector, steps: number, gap: number): Vector => ({
  x,
  y,
  z: z - steps * gap,
})

/** `bow` as in bows.ts: the control point's distance to the right of the straight line. */
function bent(from: Vector, to: Vector, bow: number): Vector {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const long = Math.hypot(dx, dy) || 1
  return {
    x: (from.x + to.x) / 2 + (dy / long) * bow,
    y: (from.y + to.y) / 2 - (dx / long) * bow,
    z: (from.z + to.z) / 2,
  }
}

function arched(from: Vector, to: Vector, lag: number): Vector {
  return {
    x: (from.x + to.x) / 2,
    y: (from.y + to.y) / 2 + ARCH * (1 + lag),
    z: (from.z + to.z) / 2,
  }
}

/** The way of an edge, `earlier` steps before now. */
export function curveOf(
  edge: Pick<DrawnEdge, 'source' | 'target' | 'lag'>,
  front: ReadonlyMap<string, Vector>,
  { gap, bow, earlier = 0 }: { gap: number; bow: number; earlier?: number },
): Curve | null {
  const [source, target] = [front.get(edge.source), front.get(edge.target)]
  if (!source || !target) return null
  const from = behind(source, edge.lag + earlier, gap)
  const to = behind(target, earlier, gap)
  const self = edge.source === edge.target
  return { from, via: self ? arched(from, to, edge.lag) : bent(from, to, bow), to }
}

/** Whether the repetition one step earlier begins within the sheets that there are. */
export const repeats = (lag: number, maxLag: number): boolean => lag + 1 <= maxLag

const towards = (a: Vector, b: Vector, by: number): Vector => {
  const [dx, dy, dz] = [b.x - a.x, b.y - a.y, b.z - a.z]
  const share = by / (Math.hypot(dx, dy, dz) || 1)
  return { x: a.x + dx * share, y: a.y + dy * share, z: a.z + dz * share }
}

/** The curve without its ends, which lie within the discs of its variables. */
export function trimmed({ from, via, to }: Curve, first: number, last: number): Curve {
  return { from: towards(from, via, first), via, to: towards(to, via, last) }
}

export function at({ from, via, to }: Curve, t: number): Vector {
  const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2]
  return {
    x: a * from.x + b * via.x + c * to.x,
    y: a * from.y + b * via.y + c * to.y,
    z: a * from.z + b * via.z + c * to.z,
  }
}

const apart = (a: Vector, b: Vector): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)

/** About how long the curve is: between its chord and the way over its control point. */
export function lengthOf({ from, via, to }: Curve): number {
  return (apart(from, to) + apart(from, via) + apart(via, to)) / 2
}
