/**
 * How far each edge is bowed aside, so that edges of one pair stand apart and none runs through a
 * variable that it does not touch. Pure; lengths in the layout's unit, one link.
 *
 * A bow is the distance of the curve's control point from the straight line, positive to the right
 * hand of a walker from source to target (y grows downwards). The curve itself reaches half as far.
 */
import type { EdgeKey } from '../api/client'
import type { Point, Positions } from './layout'

const GENTLE = 0.1
const APART = 0.42
/** A curve keeps at least this far from the centre of a foreign variable. */
const CLEARANCE = 0.3

const key = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a])

/** Signed distance of `p` from the line a -> b, right hand positive; null beside the segment. */
function offset(a: Point, b: Point, p: Point): number | null {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = Math.hypot(dx, dy)
  if (length === 0) return null
  const along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length ** 2
  return along > 0.1 && along < 0.9 ? ((p.y - a.y) * dx - (p.x - a.x) * dy) / length : null
}

/** The distances of all variables that stand in the way between two. */
function obstacles(a: string, b: string, points: Positions): number[] {
  const [from, to] = [points.get(a), points.get(b)]
  if (!from || !to) return []
  return [...points].flatMap(([name, p]) => {
    const distance = name === a || name === b ? null : offset(from, to, p)
    return distance !== null && Math.abs(distance) < CLEARANCE ? [distance] : []
  })
}

/** The smallest bow, to either side, that clears every obstacle; `wanted` if nothing is in the way. */
function cleared(wanted: number, distances: readonly number[]): number {
  if (distances.length === 0) return wanted
  const right = 2 * (Math.max(...distances) + CLEARANCE)
  const left = 2 * (Math.min(...distances) - CLEARANCE)
  return right < -left ? right : left
}

/** Edges by the pair they join, whatever their direction. */
function pairs(edges: readonly (EdgeKey & { id: string })[]) {
  const groups = new Map<string, (EdgeKey & { id: string })[]>()
  for (const edge of edges) {
    if (edge.source === edge.target) continue
    const group = groups.get(key(edge.source, edge.target))
    if (group) group.push(edge)
    else groups.set(key(edge.source, edge.target), [edge])
  }
  return [...groups.values()]
}

export function bows(
  edges: readonly (EdgeKey & { id: string })[],
  points: Positions,
): Map<string, number> {
  const bow = new Map<string, number>()
  for (const group of pairs(edges)) {
    const [first] = group
    if (!first) continue
    const alone = group.length === 1
    const base = cleared(alone ? GENTLE : 0, obstacles(first.source, first.target, points))
    group.forEach((edge, i) => {
      // Seen from the first edge of the pair; the opposite direction has its right on the left.
      const aside = base + (i - (group.length - 1) / 2) * APART
      bow.set(edge.id, edge.source === first.source ? aside : -aside)
    })
  }
  return bow
}
