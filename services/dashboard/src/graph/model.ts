/**
 * From the graph as the gateway tells it to the graph as it is drawn. Pure.
 *
 * Filtering never changes what an edge looks like: widths are scaled by the whole accepted
 * graph, so an edge keeps its width while the reader moves a slider.
 */
import type { CausalGraph, Edge, EdgeKey } from '../api/client'

export interface Filters {
  /** Least |effect| shown. */
  minEffect: number
  /** Lags shown; empty means all. */
  lags: readonly number[]
  autocorrelation: boolean
  missed: boolean
}

export const NO_FILTERS: Filters = { minEffect: 0, lags: [], autocorrelation: false, missed: true }

/** What the known truth says of an edge; `unknown` where no truth is known. */
export type Verdict = 'known' | 'false' | 'missed' | 'unknown'

export interface DrawnEdge extends EdgeKey {
  id: string
  effect: number
  /** |effect| relative to the strongest edge of the graph, 0 to 1. */
  strength: number
  /** Stability, 0 to 1; how surely the edge is there. */
  certainty: number
  oriented: boolean
  verdict: Verdict
}

export interface DrawnGraph {
  nodes: string[]
  edges: DrawnEdge[]
  /** Links that the layout respects: all of them, whatever the filters hide. */
  ties: EdgeKey[]
}

export const edgeId = ({ source, target, lag }: EdgeKey): string =>
  JSON.stringify([source, target, lag])

export const sameEdge = (a: EdgeKey, b: EdgeKey): boolean =>
  a.source === b.source && a.target === b.target && a.lag === b.lag

export const isAutocorrelation = (edge: EdgeKey): boolean => edge.source === edge.target

export const isAccepted = (edge: Edge): boolean => edge.state === 'accepted'

/** Certainty falls back on 1 - q where no stability was measured. */
export function certainty(edge: Edge): number {
  return edge.stability ?? (edge.q_value == null ? 1 : 1 - edge.q_value)
}

export function lagsOf(edges: readonly EdgeKey[]): number[] {
  return [...new Set(edges.map((edge) => edge.lag))].sort((a, b) => a - b)
}

/** An undecided lag-0 link is right if the truth has it in either direction. */
function isTrue(edge: Edge, truth: readonly EdgeKey[]): boolean {
  const turned = { source: edge.target, target: edge.source, lag: edge.lag }
  return truth.some((t) => sameEdge(t, edge) || (!edge.oriented && sameEdge(t, turned)))
}

export function verdict(edge: Edge, truth: readonly EdgeKey[] | null): Verdict {
  if (!truth) return 'unknown'
  return isTrue(edge, truth) ? 'known' : 'false'
}

/** Edges of the truth that the graph has not found. */
export function missedEdges(edges: readonly Edge[], truth: readonly EdgeKey[]): EdgeKey[] {
  return truth.filter((t) => !edges.some((edge) => isTrue(edge, [t])))
}

export function passes(edge: EdgeKey, filters: Filters): boolean {
  if (isAutocorrelation(edge) && !filters.autocorrelation) return false
  return filters.lags.length === 0 || filters.lags.includes(edge.lag)
}

export function filterEdges(edges: readonly Edge[], filters: Filters): Edge[] {
  return edges.filter((e) => passes(e, filters) && Math.abs(e.effect) >= filters.minEffect)
}

const byStrength = (a: Edge, b: Edge): number => Math.abs(b.effect) - Math.abs(a.effect)

export function strongest(edges: readonly Edge[], limit: number): Edge[] {
  return [...edges].sort(byStrength).slice(0, limit)
}

function largestEffect(edges: readonly Edge[]): number {
  const links = edges.filter((edge) => !isAutocorrelation(edge))
  return Math.max(0.1, ...links.map((edge) => Math.abs(edge.effect)))
}

function ghost(key: EdgeKey): DrawnEdge {
  return {
    ...key,
    id: edgeId(key),
    effect: 0,
    strength: 0,
    certainty: 1,
    oriented: true,
    verdict: 'missed',
  }
}

/** The nodes and edges to draw; `truth` is null where the stream's true graph is not known. */
export function drawn(
  graph: CausalGraph,
  filters: Filters,
  truth: readonly EdgeKey[] | null,
): DrawnGraph {
  const accepted = graph.edges.filter(isAccepted)
  const scale = largestEffect(accepted)
  const edges = filterEdges(accepted, filters).map((edge) => ({
    source: edge.source,
    target: edge.target,
    lag: edge.lag,
    id: edgeId(edge),
    effect: edge.effect,
    strength: Math.min(1, Math.abs(edge.effect) / scale),
    certainty: certainty(edge),
    oriented: edge.oriented,
    verdict: verdict(edge, truth),
  }))
  const missed = truth ? missedEdges(accepted, truth) : []
  const ghosts = missed.filter((key) => filters.missed && passes(key, filters)).map(ghost)
  return { nodes: graph.variables, edges: [...edges, ...ghosts], ties: [...accepted, ...missed] }
}
