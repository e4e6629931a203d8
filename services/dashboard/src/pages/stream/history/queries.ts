/** What is asked of the gateway about past graphs, and about ways through the newest one. */
import { useQuery } from '@tanstack/react-query'
import type { EdgeKey } from '../../../api/client'
import * as gateway from '../../../api/history'
import { useApi } from '../../../app/session'
import { edgeId } from '../../../graph/model'
import { keys } from '../../../live/queries'
import type { Moment } from './moment'
import type { Ends } from './paths'

/** Points that the axis can show apart. */
const POINTS = 200
/** What is past does not change any more. */
const PAST = { staleTime: Number.POSITIVE_INFINITY, retry: false }

/** Asked anew whenever edges of the stream have changed. */
export function useHistory(stream: string) {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.changesOf(stream), 'history'],
    queryFn: () => gateway.history(api.gateway, stream, POINTS),
  })
}

const pastKey = (stream: string, at: string) => ['past', stream, at] as const

/** While another moment is fetched, the one before stays. */
export function usePast(stream: string, moment: Moment) {
  const api = useApi()
  const at = moment.kind === 'past' ? moment.at : ''
  return useQuery({
    queryKey: pastKey(stream, at),
    queryFn: () => gateway.graphAt(api.gateway, stream, at),
    enabled: at !== '',
    placeholderData: (before) => (at !== '' && before?.stream === stream ? before : undefined),
    ...PAST,
  })
}

export function useDifferences(stream: string, moment: Moment) {
  const api = useApi()
  const { from, to } = moment.kind === 'compared' ? moment : { from: '', to: '' }
  return useQuery({
    queryKey: ['differences', stream, from, to],
    queryFn: () => gateway.differences(api.gateway, stream, { from, to }),
    enabled: from !== '',
    placeholderData: (before) => (from !== '' && before?.stream === stream ? before : undefined),
    ...PAST,
  })
}

/** Asked anew with every new graph; meanwhile the paths of the graph before stay. */
export function usePaths(stream: string, ends: Ends | null) {
  const api = useApi()
  const { from, to } = ends ?? { from: '', to: '' }
  return useQuery({
    queryKey: [...keys.graph(stream), 'paths', from, to],
    queryFn: () => gateway.paths(api.gateway, stream, { from, to }),
    enabled: ends !== null,
    placeholderData: (before) =>
      before?.stream === stream && before.from === from && before.to === to ? before : undefined,
  })
}

/** Why an edge is believed, and what became of it. */
export function useEdgeDetails(stream: string, edge: EdgeKey) {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.changesOf(stream), 'edge', edgeId(edge)],
    queryFn: () => gateway.edgeDetails(api.gateway, stream, edge),
    retry: false,
  })
}
