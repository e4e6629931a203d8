/** Which edges the streams of a domain have in common. Pure. */
import type { CausalGraph, Edge, EdgeKey } from '../../api/client'
import { edgeId, effectOf, isAccepted, isAutocorrelation } from '../../graph/model'

export interface Holder {
  stream: string
  effect: number
  /** The stream's own data would not show it. */
  imported: boolean
}

export interface SharedEdge extends EdgeKey {
  holders: Holder[]
  /** Median of the effects: one contrary stream does not move it far. */
  effect: number
}

function linksOf(graph: CausalGraph): Edge[] {
  return graph.edges.filter((edge) => isAccepted(edge) && !isAutocorrelation(edge))
}

function median(holders: readonly Holder[]): number {
  const sorted = holders.map(({ effect }) => effect).sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return ((low ?? 0) + (high ?? 0)) / 2
}

/** Edges that at least two streams have, the most shared first. */
export function sharedEdges(graphs: readonly CausalGraph[]): SharedEdge[] {
  const found = new Map<string, SharedEdge>()
  for (const graph of graphs) {
    for (const edge of linksOf(graph)) {
      const { source, target, lag, imported } = edge
      const known = found.get(edgeId(edge)) ?? { source, target, lag, holders: [], effect: 0 }
      known.holders.push({ stream: graph.stream, effect: effectOf(edge), imported })
      found.set(edgeId(edge), known)
    }
  }
  return [...found.values()]
    .filter(({ holders }) => holders.length > 1)
    .map((edge) => ({ ...edge, effect: median(edge.holders) }))
    .sort((a, b) => b.holders.length - a.holders.length || Math.abs(b.effect) - Math.abs(a.effect))
}

/** Streams whose effect has the other sign than most. */
export function contrary({ holders }: SharedEdge): string[] {
  const positive = holders.filter(({ effect }) => effect >= 0).length
  const most = positive * 2 >= holders.length
  return holders.filter(({ effect }) => effect >= 0 !== most).map(({ stream }) => stream)
}

export function reach(edges: readonly SharedEdge[]): number {
  const sizes = edges.flatMap(({ holders }) => holders.map(({ effect }) => Math.abs(effect)))
  return Math.max(0.1, ...sizes)
}

/** What a stream is told that touches its accepted edges, the strongest expectation first. */
export function told(graph: CausalGraph, origin: string): Edge[] {
  return graph.edges
    .filter((edge) => isAccepted(edge) && edge.prior?.origin === origin)
    .sort((a, b) => Math.abs(b.prior?.effect ?? 0) - Math.abs(a.prior?.effect ?? 0))
}
