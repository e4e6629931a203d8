/** The server state of the page: one query key and one hook for each thing the gateway knows. */
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CausalGraph, GraphState } from '../api/client'
import { isNotFound } from '../api/client'
import type { ComponentDetail } from '../api/components'
import { useApi } from '../app/session'
import { useConnection } from './connection'
import { type MemoryHistory, type RateHistory, withMemory } from './reduce'

export const keys = {
  streams: ['streams'] as const,
  stream: (id: string) => ['stream', id] as const,
  graph: (id: string) => ['graph', id] as const,
  components: ['components'] as const,
  component: (name: string) => ['component', name] as const,
  governor: ['governor'] as const,
  decisions: ['decisions'] as const,
  memory: ['memory'] as const,
  federation: ['federation'] as const,
  meta: ['meta'] as const,
  glance: (id: string) => ['glance', id] as const,
  deadLetters: ['dead-letters'] as const,
  events: ['events'] as const,
  rates: ['rates'] as const,
}

const POLL_MS = 10_000
/** Samples come twice a second, and are not told on the live feed. */
const SAMPLE_MS = 2_000

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

export function useComponent(name: string) {
  const api = useApi()
  const queryFn = () => api.component(name)
  return useQuery({ queryKey: keys.component(name), queryFn, refetchInterval: usePolling() })
}

/** Details of several components; those that are not known are left out. */
export function useComponentDetails(names: readonly string[]): ComponentDetail[] {
  const api = useApi()
  return useQueries({
    queries: names.map((name) => ({
      queryKey: keys.component(name),
      queryFn: () => api.component(name),
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  })
}

/** Resources now. Memory is remembered as it comes, for as long as the page is open. */
export function useGovernor() {
  const api = useApi()
  const client = useQueryClient()
  const queryFn = async () => {
    const governor = await api.governor()
    client.setQueryData<MemoryHistory>(keys.memory, (h) => withMemory(h ?? {}, governor.instances))
    return governor
  }
  return useQuery({ queryKey: keys.governor, queryFn, refetchInterval: SAMPLE_MS })
}

export function useDecisions() {
  const api = useApi()
  const queryFn = async () => (await api.decisions()).decisions
  return useQuery({ queryKey: keys.decisions, queryFn, refetchInterval: usePolling() })
}

export function useMemoryHistory(): MemoryHistory {
  const client = useQueryClient()
  const { data } = useQuery<MemoryHistory>({
    queryKey: keys.memory,
    queryFn: () => client.getQueryData<MemoryHistory>(keys.memory) ?? {},
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ?? {}
}

export function useFederation() {
  const api = useApi()
  const queryFn = api.federation
  return useQuery({ queryKey: keys.federation, queryFn, refetchInterval: usePolling() })
}

/** The feed tells of trials, and not of domains, which are asked for. */
export function useMeta() {
  const api = useApi()
  return useQuery({ queryKey: keys.meta, queryFn: api.meta, refetchInterval: POLL_MS })
}

/** Accepted graphs of several streams, renewed calmly; those that have none yet are left out. */
export function useGraphs(ids: readonly string[]): CausalGraph[] {
  const api = useApi()
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.glance(id),
      queryFn: () => api.graph(id, 'accepted'),
      refetchInterval: POLL_MS,
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  })
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
