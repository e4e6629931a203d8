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
  /** Only edges from or to this variable; null means all. */
  variable: string | null
}

export const NO_FILTERS: Filters = {
  minEffect: 0,
  lags: [],
  autocorrelation: false,
  missed: true,
  variable: null,
}

/**
 * What the known truth says of an edge; `unknown` where no truth is known. `near` is a true pair at
 * another lag, or the right pair where the data do not decide the direction: precision and recall
 * count pairs, whatever the lag.
 */
export type Verdict = 'known' | 'near' | 'false' | 'missed' | 'unknown'

/** What became of an edge between two moments, or whether it lies on the path that is shown. */
export type Mark =
  | 'appeared'
  | 'vanished'
  | 'strengthened'
  | 'weakened'
  | 'flipped'
  | 'same'
  | 'on-path'
  | 'off-path'

export interface DrawnEdge extends EdgeKey {
  id: string
  effect: number
  /** |effect| relative to the strongest edge of the graph, 0 to 1. */
  strength: number
  /** Stability, 0 to 1; how surely the edge is there. */
  certainty: number
  oriented: boolean
  /** Own data alone would not show it. */
  imported: boolean
  verdict: Verdict
  /** Left out where nothing is compared and no path is shown. */
  mark?: Mark
}

export interface DrawnGraph {
  nodes: string[]
  edges: DrawnEdge[]
  /** Links that the layout respects: all of them, whatever the filters hide. */
  ties: EdgeKey[]
  /** Variables that are on the path that is shown; left out where none is. */
  onPath?: ReadonlySet<string>
}

export const edgeId = ({ source, target, lag }: EdgeKey): string =>
  JSON.stringify([source, target, lag])

export const sameEdge = (a: EdgeKey, b: EdgeKey): boolean =>
  a.source === b.source && a.target === b.target && a.lag === b.lag

export const isAutocorrelation = (edge: EdgeKey): boolean => edge.source === edge.target

/** Standard deviations per standard deviation; 0 where nothing was measured. */
export const effectOf = (edge: Pick<Edge, 'effect'>): number => edge.effect ?? 0

/** The interval of the effect, where both ends are known. */
export function intervalOf({ ci }: Pick<Edge, 'ci'>): [number, number] | null {
  const [low, high] = ci ?? [null, null]
  return low === null || high === null ? null : [low, high]
}

export const isAccepted = (edge: Edge): boolean => edge.state === 'accepted'

export function lagsOf(edges: readonly EdgeKey[]): number[] {
  return [...new Set(edges.map((edge) => edge.lag))].sort((a, b) => a - b)
}

function joins(edge: Edge, { source, target }: EdgeKey): boolean {
  const forth = edge.source === source && edge.target === target
  return forth || (!edge.oriented && edge.source === target && edge.target === source)
}

export function verdict(edge: Edge, truth: readonly EdgeKey[] | null): Verdict {
  if (!truth) return 'unknown'
  if (edge.oriented && truth.some((t) => sameEdge(t, edge))) return 'known'
  return truth.some((t) => joins(edge, t)) ? 'near' : 'false'
}

/** Edges of the truth whose pair the graph has not found at any lag. */
export function missedEdges(edges: readonly Edge[], truth: readonly EdgeKey[]): EdgeKey[] {
  return truth.filter((t) => !edges.some((edge) => joins(edge, t)))
}

export function passes(edge: EdgeKey, filters: Filters): boolean {
  if (isAutocorrelation(edge) && !filters.autocorrelation) return false
  if (filters.variable && ![edge.source, edge.target].includes(filters.variable)) return false
  return filters.lags.length === 0 || filters.lags.includes(edge.lag)
}

export function filterEdges(edges: readonly Edge[], filters: Filters): Edge[] {
  return edges.filter((e) => passes(e, filters) && Math.abs(effectOf(e)) >= filters.minEffect)
}

const byStrength = (a: Edge, b: Edge): number => Math.abs(effectOf(b)) - Math.abs(effectOf(a))

export function strongest(edges: readonly Edge[], limit: number): Edge[] {
  return [...edges].sort(byStrength).slice(0, limit)
}

export function largestEffect(edges: readonly (EdgeKey & Pick<Edge, 'effect'>)[]): number {
  const links = edges.filter((edge) => !isAutocorrelation(edge))
  return Math.max(0.1, ...links.map((edge) => Math.abs(effectOf(edge))))
}

function ghost(key: EdgeKey): DrawnEdge {
  return {
    ...key,
    id: edgeId(key),
    effect: 0,
    strength: 0,
    certainty: 1,
    oriented: true,
    imported: false,
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
    effect: effectOf(edge),
    strength: Math.min(1, Math.abs(effectOf(edge)) / scale),
    certainty: edge.stability,
    oriented: edge.oriented,
    imported: edge.imported,
    verdict: verdict(edge, truth),
  }))
  const missed = truth ? missedEdges(accepted, truth) : []
  const ghosts = missed.filter((key) => filters.missed && passes(key, filters)).map(ghost)
  return { nodes: graph.variables, edges: [...edges, ...ghosts], ties: [...accepted, ...missed] }
}
