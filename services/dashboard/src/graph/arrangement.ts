/**
 * How a picture that lives keeps its shape. Pure.
 *
 * A variable that was ever linked has a place and keeps it; a new one is placed near its
 * neighbours. Only when most links are others than at the last arrangement are all places
 * found anew, starting from where they are, except those that the reader chose by hand.
 */
import type { EdgeKey } from '../api/client'
import { drift, linkPairs, type Point, type Positions, place, type Shape } from './layout'

export interface Arrangement {
  /** Where every variable stands now. */
  points: Positions
  /** Those with a place of their own. */
  placed: Positions
  pinned: ReadonlySet<string>
  /** The links for which the places were last found anew. */
  pairs: ReadonlySet<string>
}

const MOST = 0.5

export const UNARRANGED: Arrangement = {
  points: new Map(),
  placed: new Map(),
  pinned: new Set(),
  pairs: new Set(),
}

export function remembering(placed: Positions): Arrangement {
  return { ...UNARRANGED, placed }
}

function withPlaces(before: Positions, points: Positions, links: readonly EdgeKey[]): Positions {
  const placed = new Map(before)
  for (const name of links.flatMap(({ source, target }) => [source, target])) {
    const point = points.get(name)
    if (point) placed.set(name, point)
  }
  return placed
}

export function arrange(
  before: Arrangement,
  nodes: readonly string[],
  ties: readonly EdgeKey[],
  shape?: Shape,
): Arrangement {
  const pairs = linkPairs(ties)
  const anew = before.pairs.size > 0 && drift(before.pairs, pairs) > MOST
  const held = anew ? before.pinned : new Set(before.placed.keys())
  const points = place(nodes, ties, { before: before.placed, held, ...(shape && { shape }) })
  const links = ties.filter(({ source, target }) => source !== target)
  return {
    points,
    placed: withPlaces(before.placed, points, links),
    pinned: before.pinned,
    pairs: anew || before.pairs.size === 0 ? pairs : before.pairs,
  }
}

/** The reader put a variable somewhere; there it stays. */
export function pinned(before: Arrangement, name: string, point: Point): Arrangement {
  return {
    ...before,
    placed: new Map(before.placed).set(name, point),
    pinned: new Set(before.pinned).add(name),
  }
}
