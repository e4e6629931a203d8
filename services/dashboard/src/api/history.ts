/** What the gateway knows of a stream's past graphs, and of the ways through its newest one. */
import type { EdgeKey } from './client'
import { type Gateway, held } from './http'
import type { Schemas } from './schema'

/** When edges changed, and how many there were. */
export type StreamHistory = Schemas['HistoryModel']
export type HistoryPoint = Schemas['PointModel']
/** The accepted edges of a moment. */
export type PastGraph = Schemas['GraphThenModel']
export type PastEdge = Schemas['EdgeThenModel']
/** What became of each edge between two moments. */
export type GraphDifferences = Schemas['DifferencesModel']
export type EdgeDifference = Schemas['DifferenceModel']
/** Causal paths between two variables, the surest first. */
export type FoundPaths = Schemas['PathsModel']
export type FoundPath = Schemas['WayModel']
/** An edge, why it is believed, and what became of it. */
export type EdgeDetails = Schemas['EdgeDetailsModel']
export type EdgeEvent = Schemas['ChangeModel']

/** What has changed since when, in at most so many points. */
export function history(gateway: Gateway, stream: string, points: number): Promise<StreamHistory> {
  const params = { path: { stream }, query: { points } }
  return held(gateway.GET('/api/v1/streams/{stream}/history', { params }))
}

export function graphAt(gateway: Gateway, stream: string, at: string): Promise<PastGraph> {
  const params = { path: { stream }, query: { at } }
  // The client's own types take pairs for lists.
  return held(gateway.GET('/api/v1/streams/{stream}/graph/at', { params })) as Promise<PastGraph>
}

interface Ends {
  from: string
  to: string
}

/** Between two moments. */
export function differences(
  gateway: Gateway,
  stream: string,
  query: Ends,
): Promise<GraphDifferences> {
  const params = { path: { stream }, query }
  return held(gateway.GET('/api/v1/streams/{stream}/differences', { params }))
}

/** Between two variables. */
export function paths(gateway: Gateway, stream: string, query: Ends): Promise<FoundPaths> {
  const params = { path: { stream }, query }
  return held(gateway.GET('/api/v1/streams/{stream}/paths', { params }))
}

export function edgeDetails(gateway: Gateway, stream: string, edge: EdgeKey): Promise<EdgeDetails> {
  const { source, target, lag } = edge
  const params = { path: { stream, source, target }, query: { lag } }
  const path = '/api/v1/streams/{stream}/edges/{source}/{target}'
  return held(gateway.GET(path, { params })) as Promise<EdgeDetails>
}
