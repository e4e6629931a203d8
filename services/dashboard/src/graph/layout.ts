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
 *
 * A sweep over n variables, m of them free, takes m n steps; of those there are at most WORK.
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
/** Once no variable moves farther than this in a sweep, the rest would not be seen. */
const STILL = 1e-3
const WORK = 5e7
const SEPARATIONS = 30
const APART = 2.2
const MANY = 60
/** Share of the area of a picture of so many variables that their labels may take. */
const FULL = 0.4
const GOLDEN = 0.618_033_988_75

/** A value of an array at a position that it has. */
const at = (values: Float64Array | Uint16Array, i: number): number => values[i] as number

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

/** For every node, by its position in `nodes`, the positions of those it is linked with. */
interface Links {
  causes: number[][]
  effects: number[][]
}

function linksOf(nodes: readonly string[], edges: readonly EdgeKey[]): Links {
  const at = new Map(nodes.map((node, i) => [node, i]))
  const links: Links = { causes: nodes.map(() => []), effects: nodes.map(() => []) }
  for (const { source, target } of edges.filter(isLink)) {
    const [from, to] = [at.get(source), at.get(target)]
    if (from !== undefined && to !== undefined) {
      links.causes[to]?.push(from)
      links.effects[from]?.push(to)
    }
  }
  return links
}

function around({ causes, effects }: Links): number[][] {
  return causes.map((those, i) => [...those, ...(effects[i] ?? [])])
}

/** The height at which the neighbours of a node wish it to stand. */
function wished(h: Float64Array, causes: readonly number[], effects: readonly number[]): number {
  let sum = causes.length - effects.length
  for (const i of causes) sum += at(h, i)
  for (const i of effects) sum += at(h, i)
  return sum / (causes.length + effects.length)
}

function heights({ causes, effects }: Links): Float64Array {
  const h = new Float64Array(causes.length)
  const linked = [...h.keys()].filter((i) => causes[i]?.length || effects[i]?.length)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const i of linked) h[i] = wished(h, causes[i] ?? [], effects[i] ?? [])
  }
  const lowest = h.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
  for (const i of linked) h[i] = at(h, i) - lowest
  return h
}

/** Trophic level of every node, by Gauss-Seidel; the lowest is 0, a node without links is 0. */
export function levels(nodes: readonly string[], edges: readonly EdgeKey[]): Map<string, number> {
  const h = heights(linksOf(nodes, edges))
  return new Map(nodes.map((node, i) => [node, at(h, i)]))
}

/** Feedback draws levels together; pull them apart again, so that the picture stays wide. */
function spread(h: Float64Array): Float64Array {
  const widest = h.reduce((most, each) => Math.max(most, each), 0)
  const factor = widest > 0 ? Math.max(1, (WIDE * Math.sqrt(h.length)) / widest) : 1
  return h.map((each) => each * Math.min(factor, 3))
}

/** What is placed: where each variable stands, at which level it should, and whether it may move. */
interface Bodies {
  ids: readonly string[]
  x: Float64Array
  y: Float64Array
  level: Float64Array
  fixed: readonly boolean[]
}

/** Links from one node to every other, breadth first; 0 where there is no way. */
function distances(from: number, of: readonly number[][]): Uint16Array {
  const far = new Uint16Array(of.length)
  const queue = [from]
  for (const node of queue) {
    for (const next of of[node] ?? []) {
      if (next === from || far[next]) continue
      far[next] = at(far, node) + 1
      queue.push(next)
    }
  }
  return far
}

/** Take a majorising step of the stress for one body, the others held still; how far it moved. */
function settle({ x, y, level }: Bodies, i: number, far: Uint16Array): number {
  const [ownX, ownY] = [at(x, i), at(y, i)]
  let [sumX, sumY, weights] = [0, 0, 0]
  for (let j = 0; j < x.length; j += 1) {
    if (j === i) continue
    const d = far[j] || APART
    const weight = 1 / (d * d)
    const [dx, dy] = [ownX - at(x, j), ownY - at(y, j)]
    const ratio = d / (Math.sqrt(dx * dx + dy * dy) || 1e-6)
    sumX += weight * (at(x, j) + ratio * dx)
    sumY += weight * (at(y, j) + ratio * dy)
    weights += weight
  }
  if (weights === 0) return 0
  x[i] = (sumX / weights + PULL * SPREAD * at(level, i)) / (1 + PULL)
  y[i] = sumY / weights
  return Math.hypot(at(x, i) - ownX, at(y, i) - ownY)
}

function relax(bodies: Bodies, of: readonly number[][]): void {
  const free = bodies.ids.flatMap((_, i) => (bodies.fixed[i] ? [] : [i]))
  const far = free.map((i) => distances(i, of))
  const most = Math.min(SWEEPS, Math.ceil(WORK / (free.length * of.length)))
  let moved = Number.POSITIVE_INFINITY
  for (let sweep = 0; sweep < most && moved > STILL; sweep += 1) {
    moved = 0
    free.forEach((i, row) => {
      moved = Math.max(moved, settle(bodies, i, far[row] as Uint16Array))
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

/** Labels of many variables need more room than their links: make the picture as large as that. */
function widen({ x, y, fixed }: Bodies, boxes: readonly Box[]): void {
  if (boxes.length < MANY || fixed.includes(true)) return
  const taken = boxes.reduce((sum, box) => sum + (2 * box.along + AIR) * (2 * box.across + AIR), 0)
  const factor = Math.sqrt(taken / FULL / (extent(x) * extent(y)))
  if (!(factor > 1)) return
  for (const axis of [x, y]) axis.set(axis.map((each) => each * factor))
}

function extent(values: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const each of values) {
    least = Math.min(least, each)
    most = Math.max(most, each)
  }
  return most - least
}

/** Push two bodies apart, along the shorter way, so that their boxes do not touch. */
function part({ x, y, fixed }: Bodies, boxes: readonly Box[], i: number, j: number): boolean {
  const [own, other] = [boxes[i] as Box, boxes[j] as Box]
  const alongX = own.along + other.along + AIR - Math.abs(at(x, j) - at(x, i))
  if (alongX <= 0) return false
  const alongY = own.across + other.across + AIR - Math.abs(at(y, j) - at(y, i))
  if (alongY <= 0 || (fixed[i] && fixed[j])) return false
  const [axis, by] = alongX < alongY ? [x, alongX] : [y, alongY]
  const way = at(axis, j) < at(axis, i) ? -by : by
  const share = fixed[i] ? 1 : fixed[j] ? 0 : 0.5
  axis[i] = at(axis, i) + (share - 1) * way
  axis[j] = at(axis, j) + share * way
  return true
}

/** Push bodies apart until no label lies on another; what is fixed does not give way. */
function separate(bodies: Bodies, boxes: readonly Box[]): void {
  let parted = true
  for (let sweep = 0; sweep < SEPARATIONS && parted; sweep += 1) {
    parted = false
    for (let i = 0; i < boxes.length; i += 1) {
      for (let j = i + 1; j < boxes.length; j += 1) {
        if (part(bodies, boxes, i, j)) parted = true
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
  const tied = new Set(edges.filter(isLink).flatMap(({ source, target }) => [source, target]))
  const ids = nodes.filter((node) => before.has(node) || tied.has(node))
  const links = linksOf(ids, edges)
  const of = around(links)
  const level = spread(heights(links))
  const points = ids.map((id, i) => {
    const near = (of[i] ?? []).flatMap((other) => before.get(ids[other] as string) ?? [])
    return before.get(id) ?? start(i, at(level, i), near)
  })
  const bodies: Bodies = {
    ids,
    level,
    x: Float64Array.from(points, (p) => p.x),
    y: Float64Array.from(points, (p) => p.y),
    fixed: ids.map((id) => before.has(id) && held.has(id)),
  }
  if (bodies.fixed.includes(false)) arrangeFree(bodies, of, shape)
  const placed = new Map(ids.map((id, i) => [id, { x: at(bodies.x, i), y: at(bodies.y, i) }]))
  const loose = nodes.filter((node) => !placed.has(node))
  return new Map([...placed, ...waiting(loose, [...placed.values()], shape)])
}

function arrangeFree(bodies: Bodies, of: readonly number[][], { box }: Shape): void {
  const boxes = bodies.ids.map(box)
  relax(bodies, of)
  widen(bodies, boxes)
  separate(bodies, boxes)
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
