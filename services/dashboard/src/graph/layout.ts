/**
 * Where the variables stand, so that the picture reads from causes to effects. Pure, deterministic.
 *
 * Along the main axis a variable stands at its trophic level h (MacKay, Johnson and Sansom 2020,
 * "How directed is a directed network?"), which minimises, over links s -> t,
 *
 *     F(h) = sum (h_t - h_s - 1)^2
 *
 * and which exists for graphs with cycles too. The positions p = (x, y) minimise the stress
 * (Gansner, Koren and North 2004, "Graph drawing by stress majorization") with a pull to the level:
 *
 *     sum_{i<j} w_ij (|p_i - p_j| - d_ij)^2  +  PULL * sum_i w_i (x_i - SPREAD * h_i)^2
 *
 * where h is spread where feedback has drawn it together, d is the number of links between two variables, w_ij = d_ij^-2 and w_i = sum_j w_ij. Units:
 * one link is 1. Variables that are
 * already placed do not move: the reader's map of the picture is worth more than a lower stress.
 */
import type { EdgeKey } from '../api/client'

export interface Point {
  x: number
  y: number
}

export type Positions = ReadonlyMap<string, Point>

const SPREAD = 1.25
const PULL = 1
/** Least width of a picture of n variables, in units of the root of n. */
const WIDE = 1.2
const SWEEPS = 200
const SEPARATIONS = 30
const APART = 2.2
const GOLDEN = 0.618_033_988_75

const isLink = (edge: EdgeKey): boolean => edge.source !== edge.target

/** Pairs of variables that are linked, whatever the lag; what the layout depends on. */
export function linkPairs(edges: readonly EdgeKey[]): Set<string> {
  return new Set(edges.filter(isLink).map((e) => JSON.stringify([e.source, e.target].sort())))
}

/** Share of linked pairs that differ between two graphs, 0 to 1. */
export function drift(before: ReadonlySet<string>, now: ReadonlySet<string>): number {
  const common = [...now].filter((pair) => before.has(pair)).length
  const union = before.size + now.size - common
  return union === 0 ? 0 : 1 - common / union
}

function neighbours(nodes: readonly string[], edges: readonly EdgeKey[]): Map<string, string[]> {
  const of = new Map<string, string[]>(nodes.map((node) => [node, []]))
  for (const { source, target } of edges.filter(isLink)) {
    of.get(source)?.push(target)
    of.get(target)?.push(source)
  }
  return of
}

/** For every node, its linked nodes with the offset at which each wishes it to stand. */
function wishes(
  nodes: readonly string[],
  edges: readonly EdgeKey[],
): Map<string, [string, 1 | -1][]> {
  const of = new Map<string, [string, 1 | -1][]>(nodes.map((node) => [node, []]))
  for (const { source, target } of edges.filter(isLink)) {
    of.get(target)?.push([source, 1])
    of.get(source)?.push([target, -1])
  }
  return of
}

/** Trophic level of every node, by Gauss-Seidel; the lowest is 0, a node without links is 0. */
export function levels(nodes: readonly string[], edges: readonly EdgeKey[]): Map<string, number> {
  const of = wishes(nodes, edges)
  const h = new Map(nodes.map((node) => [node, 0]))
  const at = (node: string): number => h.get(node) ?? 0
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [node, wished] of of) {
      const sum = wished.reduce((total, [other, offset]) => total + at(other) + offset, 0)
      if (wished.length > 0) h.set(node, sum / wished.length)
    }
  }
  const lowest = Math.min(...h.values(), Number.POSITIVE_INFINITY)
  return new Map(nodes.map((node) => [node, of.get(node)?.length ? at(node) - lowest : 0]))
}

/** Feedback draws levels together; pull them apart again, so that the picture stays wide. */
function spread(level: ReadonlyMap<string, number>): Map<string, number> {
  const widest = Math.max(...level.values(), 0)
  const factor = widest > 0 ? Math.max(1, (WIDE * Math.sqrt(level.size)) / widest) : 1
  return new Map([...level].map(([node, h]) => [node, h * Math.min(factor, 3)]))
}

/** Links between every two nodes, breadth first; `APART` more than the diameter where none. */
function distances(nodes: readonly string[], of: Map<string, string[]>): Map<string, number>[] {
  return nodes.map((start) => {
    const far = new Map([[start, 0]])
    const queue = [start]
    for (const node of queue) {
      for (const next of of.get(node) ?? []) {
        if (far.has(next)) continue
        far.set(next, (far.get(node) ?? 0) + 1)
        queue.push(next)
      }
    }
    return far
  })
}

interface Body {
  id: string
  level: number
  point: Point
  fixed: boolean
}

/** The point that a majorising step of the stress gives one body, the others held still. */
function settled(body: Body, others: readonly Body[], far: Map<string, number>): Point {
  let x = 0
  let y = 0
  let weights = 0
  for (const other of others) {
    if (other === body) continue
    const d = far.get(other.id) ?? APART
    const weight = d ** -2
    const dx = body.point.x - other.point.x
    const dy = body.point.y - other.point.y
    const length = Math.hypot(dx, dy) || 1e-6
    x += weight * (other.point.x + (d * dx) / length)
    y += weight * (other.point.y + (d * dy) / length)
    weights += weight
  }
  if (weights === 0) return body.point
  return { x: (x / weights + PULL * SPREAD * body.level) / (1 + PULL), y: y / weights }
}

function relax(bodies: readonly Body[], far: readonly Map<string, number>[]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    bodies.forEach((body, i) => {
      if (!body.fixed) body.point = settled(body, bodies, far[i] ?? new Map())
    })
  }
}

/** A start for a new node: among its placed neighbours, else at its level, spread evenly. */
function start(index: number, level: number, around: readonly Point[]): Point {
  const aside = ((index * GOLDEN) % 1) - 0.5
  if (around.length === 0) return { x: SPREAD * level, y: 3 * aside }
  const mean = (of: (p: Point) => number) => around.reduce((sum, p) => sum + of(p), 0)
  return { x: mean((p) => p.x) / around.length + 0.3, y: mean((p) => p.y) / around.length + aside }
}

/** Variables without a link wait in rows under the others, on the screen's own under. */
function waiting(
  nodes: readonly string[],
  placed: readonly Point[],
  { box, upright }: Shape,
): [string, Point][] {
  const turn = ({ x, y }: Point): Point => (upright ? { x: y, y: x } : { x, y })
  const taken = placed.map(turn)
  const boxes = nodes.map((node) => turn({ x: box(node).along, y: box(node).across }))
  const size = (of: (p: Point) => number) => 2 * Math.max(...boxes.map(of), 0.1) + 0.15
  const [dx, dy] = [size((p) => p.x), size((p) => p.y)]
  const xs = taken.map((p) => p.x)
  const middle = taken.length > 0 ? (Math.min(...xs) + Math.max(...xs)) / 2 : 0
  const top = taken.length > 0 ? Math.max(...taken.map((p) => p.y)) + 0.8 : 0
  const perRow = upright ? 3 : Math.max(4, Math.ceil(Math.sqrt(nodes.length) * 1.6))
  const columns = Math.min(perRow, nodes.length)
  return nodes.map((node, i) => {
    const column = (i % perRow) - (columns - 1) / 2
    return [node, turn({ x: middle + column * dx, y: top + Math.floor(i / perRow) * dy })]
  })
}

/** Half of what a variable's label takes up, in units of one link: along and across the main axis. */
export interface Box {
  along: number
  across: number
}

/** How the picture is drawn, as far as places depend on it. */
export interface Shape {
  box: (node: string) => Box
  /** Whether the main axis runs downwards. */
  upright: boolean
}

export interface PlaceOptions {
  before?: Positions
  held?: ReadonlySet<string>
  shape?: Shape
}

const DOTS: Shape = { box: () => ({ along: 0.18, across: 0.18 }), upright: false }
/** Room for an arrow between two labels. */
const AIR = 0.26

/** How far `b` must move from `a` so that their boxes do not touch; null where they do not. */
function push(a: Body, b: Body, box: (node: string) => Box): Point | null {
  const [own, other] = [box(a.id), box(b.id)]
  const x = own.along + other.along + AIR - Math.abs(b.point.x - a.point.x)
  const y = own.across + other.across + AIR - Math.abs(b.point.y - a.point.y)
  if (x <= 0 || y <= 0) return null
  return x < y
    ? { x: b.point.x < a.point.x ? -x : x, y: 0 }
    : { x: 0, y: b.point.y < a.point.y ? -y : y }
}

const moved = ({ point }: Body, by: Point, share: number): Point => ({
  x: point.x + share * by.x,
  y: point.y + share * by.y,
})

/** Push bodies apart until no label lies on another; what is fixed does not give way. */
function separate(bodies: readonly Body[], box: (node: string) => Box): void {
  for (let sweep = 0; sweep < SEPARATIONS; sweep += 1) {
    for (const [i, a] of bodies.entries()) {
      for (const b of bodies.slice(i + 1)) {
        const by = a.fixed && b.fixed ? null : push(a, b, box)
        if (!by) continue
        const share = a.fixed ? 1 : b.fixed ? 0 : 0.5
        a.point = moved(a, by, share - 1)
        b.point = moved(b, by, share)
      }
    }
  }
}

/**
 * Positions of all `nodes`. Those in `held` stay exactly where they were; others in `before` start
 * from there; new ones are placed near their neighbours. A variable that was never linked has no
 * place of its own: leave it out of `before`, and it waits with its like.
 */
export function place(
  nodes: readonly string[],
  edges: readonly EdgeKey[],
  { before = new Map(), held = new Set(), shape = DOTS }: PlaceOptions = {},
): Positions {
  const of = neighbours(nodes, edges)
  const linked = nodes.filter((node) => before.has(node) || of.get(node)?.length)
  const level = spread(levels(linked, edges))
  const bodies = linked.map((id, index): Body => {
    const around = (of.get(id) ?? []).flatMap((other) => before.get(other) ?? [])
    const height = level.get(id) ?? 0
    const point = before.get(id) ?? start(index, height, around)
    return { id, level: height, point, fixed: before.has(id) && held.has(id) }
  })
  relax(bodies, distances(linked, of))
  separate(bodies, shape.box)
  const placed = new Map(bodies.map((body) => [body.id, body.point]))
  const loose = nodes.filter((node) => !placed.has(node))
  return new Map([...placed, ...waiting(loose, [...placed.values()], shape)])
}

/**
 * The factor by which to stretch the main axis so that the picture fills a frame of the given
 * width to height; never a squeeze, and never so far that near and far lose their meaning.
 */
export function stretch(points: Positions, aspect: number): number {
  const xs = [...points.values()].map((p) => p.x)
  const ys = [...points.values()].map((p) => p.y)
  const wide = Math.max(...xs) - Math.min(...xs)
  const high = Math.max(...ys) - Math.min(...ys)
  if (!(wide > 0)) return 1
  return Math.min(1.8, Math.max(1, (aspect * Math.max(high, 1)) / wide))
}
