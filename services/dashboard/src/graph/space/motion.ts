/** What takes its time: places that move, edges that come and go. Pure; times in milliseconds. */
import type { DrawnEdge } from '../model'
import type { Vector } from './camera'

export const FADE_MS = 700

export const eased = (t: number): number => {
  const within = Math.min(1, Math.max(0, t))
  return within * within * (3 - 2 * within)
}

interface Move {
  from: Vector
  to: Vector
  start: number
}

const mix = (a: Vector, b: Vector, t: number): Vector => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
  z: a.z + (b.z - a.z) * t,
})

/** Where variables stand while they walk from one arrangement to the next. */
export class Walk {
  #moves = new Map<string, Move>()

  /** What is new stands at its place at once. */
  go(places: ReadonlyMap<string, Vector>, now: number, still: boolean): void {
    this.#moves = new Map(
      [...places].map(([name, to]) => {
        const from = still ? to : (this.#at(name, now) ?? to)
        return [name, { from, to, start: now }]
      }),
    )
  }

  places(now: number): Map<string, Vector> {
    return new Map([...this.#moves].map(([name]) => [name, this.#at(name, now) as Vector]))
  }

  moves(now: number): boolean {
    return [...this.#moves.values()].some(
      ({ from, to, start }) => now < start + FADE_MS && (from.x !== to.x || from.y !== to.y),
    )
  }

  #at(name: string, now: number): Vector | null {
    const move = this.#moves.get(name)
    return move ? mix(move.from, move.to, eased((now - move.start) / FADE_MS)) : null
  }
}

interface Presence {
  edge: DrawnEdge
  /** When it began to come, or to go. */
  since: number
  leaves: boolean
}

/** The edges that are there, come, or go. */
export class Cast {
  readonly #all = new Map<string, Presence>()

  update(edges: readonly DrawnEdge[], now: number, still: boolean): void {
    const wanted = new Map(edges.map((edge) => [edge.id, edge]))
    for (const [id, { leaves }] of this.#all) {
      if (wanted.has(id) || leaves) continue
      if (still) this.#all.delete(id)
      else this.#turn(id, now)
    }
    for (const edge of edges) this.#join(edge, still ? now - FADE_MS : now, now)
  }

  /** Every edge with how much of it is there, 0 to 1. */
  shown(now: number): [DrawnEdge, number][] {
    for (const [id, { leaves, since }] of this.#all) {
      if (leaves && now >= since + FADE_MS) this.#all.delete(id)
    }
    return [...this.#all.values()].map((each) => [each.edge, presence(each, now)])
  }

  moves(now: number): boolean {
    return [...this.#all.values()].some(({ since }) => now < since + FADE_MS)
  }

  #join(edge: DrawnEdge, since: number, now: number): void {
    const known = this.#all.get(edge.id)
    if (!known) this.#all.set(edge.id, { edge, since, leaves: false })
    else if (known.leaves) this.#turn(edge.id, now, edge)
    else known.edge = edge
  }

  /** From coming to going or back, from where it is. */
  #turn(id: string, now: number, edge?: DrawnEdge): void {
    const known = this.#all.get(id) as Presence
    const done = Math.min(1, (now - known.since) / FADE_MS)
    const since = now - (1 - done) * FADE_MS
    this.#all.set(id, { edge: edge ?? known.edge, since, leaves: !known.leaves })
  }
}

function presence({ since, leaves }: Presence, now: number): number {
  const done = eased((now - since) / FADE_MS)
  return leaves ? 1 - done : done
}
