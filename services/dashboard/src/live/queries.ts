/** The server state of the page: one query key and one hook for each thing the gateway knows. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { GraphState } from '../api/client'
import { isNotFound } from '../api/client'
import { useApi } from '../app/session'
import { useConnection } from './connection'
import type { RateHistory } from './reduce'

export const keys = {
  streams: ['streams'] as const,
  stream: (id: string) => ['stream', id] as const,
  graph: (id: string) => ['graph', id] as const,
  components: ['components'] as const,
  deadLetters: ['dead-letters'] as const,
  events: ['events'] as const,
  rates: ['rates'] as const,
}

const POLL_MS = 10_000

/** While the live feed is down the page falls back to asking, so that nothing silently freezes. */
function usePolling(): number | false {
  return useConnection() === 'live' ? false : POLL_MS
}

export function useStreams() {
  const api = useApi()
  return useQuery({ queryKey: keys.streams, queryFn: api.streams, refetchInterval: usePolling() })
}

export function useStream(id: string) {
  const api = useApi()
  const queryFn = () => api.stream(id)
  return useQuery({ queryKey: keys.stream(id), queryFn, refetchInterval: usePolling() })
}

/** A stream without a graph answers 404; that is asked again until the first graph is there. */
export function useGraph(id: string, state: GraphState = 'accepted', enabled = true) {
  const api = useApi()
  const polling = usePolling()
  return useQuery({
    queryKey: [...keys.graph(id), state],
    queryFn: () => api.graph(id, state),
    enabled,
    // A stream's accepted graph may stand in for its full one, never another stream's.
    placeholderData: (before) => (before?.stream === id ? before : undefined),
    refetchInterval: (query) => (isNotFound(query.state.error) ? POLL_MS / 2 : polling),
  })
}

export function useComponents() {
  const api = useApi()
  const queryFn = api.components
  return useQuery({ queryKey: keys.components, queryFn, refetchInterval: usePolling() })
}

export function useDeadLetters() {
  const api = useApi()
  const queryFn = api.deadLetters
  return useQuery({ queryKey: keys.deadLetters, queryFn, refetchInterval: usePolling() })
}

export function useChanges() {
  const api = useApi()
  return useQuery({ queryKey: keys.events, queryFn: api.events, refetchInterval: usePolling() })
}

/** Rates seen since the page was opened; the gateway keeps no history of them. */
export function useRates(id: string): number[] {
  const client = useQueryClient()
  const { data } = useQuery<RateHistory>({
    queryKey: keys.rates,
    queryFn: () => client.getQueryData<RateHistory>(keys.rates) ?? {},
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data?.[id] ?? []
}
