/** What is drawn, of all that may be looked at. Pure. */
import type { EdgeKey } from '../../../api/client'
import { type DrawnGraph, drawn, type Filters } from '../../../graph/model'
import { drawnDifference, drawnPast, withPath } from './picture'
import type { Looked } from './useLooked'

export function pictureOf(
  { moment, graph, past, difference, path }: Looked,
  filters: Filters,
  truth: readonly EdgeKey[] | null,
): DrawnGraph {
  if (past) return drawnPast(past, filters, graph)
  if (difference) return drawnDifference(difference, filters, graph)
  if (moment.kind !== 'live') return { nodes: graph.variables, edges: [], ties: graph.edges }
  const live = drawn(graph, filters, truth)
  return path ? withPath(live, path, graph) : live
}
