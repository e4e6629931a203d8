/**
 * The graph of another moment, the difference of two, and a path, as they are drawn. Pure.
 *
 * Places hold still while the reader goes through time: the links of the newest graph count for
 * the layout whatever moment is drawn.
 */
import type { CausalGraph, EdgeKey } from '../../../api/client'
import type { EdgeDifference, FoundPath, GraphDifferences, PastGraph } from '../../../api/history'
import {
  type DrawnEdge,
  type DrawnGraph,
  edgeId,
  effectOf,
  type Filters,
  isAccepted,
  isAutocorrelation,
  largestEffect,
  passes,
  sameEdge,
} from '../../../graph/model'

export interface MomentEdge extends EdgeKey {
  effect: number | null
  imported?: boolean
  oriented?: boolean
}

const strengthOf = (effect: number, scale: number): number => Math.min(1, Math.abs(effect) / scale)

function drawnEdge(edge: MomentEdge, scale: number, live: CausalGraph): DrawnEdge {
  const { source, target, lag } = edge
  const known = live.edges.find((other) => sameEdge(other, edge))
  return {
    source,
    target,
    lag,
    id: edgeId(edge),
    effect: effectOf(edge),
    strength: strengthOf(effectOf(edge), scale),
    certainty: 1,
    oriented: edge.oriented ?? known?.oriented ?? true,
    imported: edge.imported ?? false,
    verdict: 'unknown',
  }
}

function together(live: CausalGraph, variables: readonly string[], edges: readonly EdgeKey[]) {
  return {
    nodes: [...new Set([...live.variables, ...variables])],
    ties: [...live.edges.filter(isAccepted), ...edges],
  }
}

export const isShown = (edge: MomentEdge, filters: Filters): boolean =>
  passes(edge, filters) && Math.abs(effectOf(edge)) >= filters.minEffect

export function drawnPast(past: PastGraph, filters: Filters, live: CausalGraph): DrawnGraph {
  const scale = largestEffect(past.edges)
  const shown = past.edges.filter((edge) => isShown(edge, filters))
  return {
    ...together(live, past.variables, past.edges),
    edges: shown.map((edge) => drawnEdge(edge, scale, live)),
  }
}

/** What to draw of an edge that is compared: what it is, or what it was where it is gone. */
export const effectAfter = ({ before, after }: EdgeDifference): number => after ?? before ?? 0

export function drawnDifference(
  difference: GraphDifferences,
  filters: Filters,
  live: CausalGraph,
): DrawnGraph {
  const edges = difference.edges.map((edge) => ({ ...edge, effect: effectAfter(edge) }))
  const scale = largestEffect(edges)
  const shown = edges.filter((edge) => isShown(edge, filters))
  return {
    ...together(live, difference.variables, edges),
    edges: shown.map((edge) => ({ ...drawnEdge(edge, scale, live), mark: edge.change })),
  }
}

/** A path lit, and all else dimmed; its edges are drawn whatever the filters hide. */
export function withPath(picture: DrawnGraph, path: FoundPath, live: CausalGraph): DrawnGraph {
  const isOn = (edge: EdgeKey) => path.edges.some((each) => sameEdge(each, edge))
  const scale = largestEffect(live.edges.filter(isAccepted))
  const drawn = path.edges.filter((edge) => !isAutocorrelation(edge))
  const hidden = drawn.filter((edge) => !picture.edges.some((other) => sameEdge(other, edge)))
  const edges = [...picture.edges, ...hidden.map((edge) => drawnEdge(edge, scale, live))]
  return {
    ...picture,
    edges: edges.map((edge) => ({ ...edge, mark: isOn(edge) ? 'on-path' : 'off-path' })),
    onPath: new Set(path.variables),
  }
}
