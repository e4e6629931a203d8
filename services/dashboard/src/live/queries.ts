/** The server state of the page: one query key and one hook for each thing the gateway knows. */
import { t } from '@lingui/core/macro'
import { useInfiniteQuery, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CausalGraph, GraphState, Page } from '../api/client'
import type { EventFilter } from '../api/events'
import type { LetterFilter } from '../api/letters'
import { isNotFound } from '../api/problems'
import { isNarrow, type Need } from '../app/access'
import { useApi, useRefusal, useSession } from '../app/session'
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
  changes: ['all-changes'] as const,
  changesOf: (stream: string) => ['changes', stream] as const,
  /** Every list that grows at its beginning. */
  logs: ['log'] as const,
  eventLog: ['log', 'events'] as const,
  letterLog: ['log', 'letters'] as const,
  traceLog: ['log', 'traces'] as const,
  event: (id: string) => ['event', id] as const,
  letters: ['letter'] as const,
  letter: (id: string) => ['letter', id] as const,
  trace: (id: string) => ['trace', id] as const,
  apiKeys: ['api-keys'] as const,
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

/** Not asked where somebody is let in for some streams alone: components are about all. */
export function useComponents() {
  const api = useApi()
  const enabled = !isNarrow(useSession())
  const queryFn = api.components
  return useQuery({ queryKey: keys.components, queryFn, enabled, refetchInterval: usePolling() })
}

export function useComponent(name: string) {
  const api = useApi()
  const queryFn = () => api.component(name)
  return useQuery({ queryKey: keys.component(name), queryFn, refetchInterval: usePolling() })
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

export const lettersNeed = (): Need => ({
  role: 'operator',
  what: t`Reading dead letters`,
  isAboutAll: true,
})
const EVERY_LETTER: LetterFilter = {
  reason: null,
  origin: null,
  key: null,
  since: null,
  until: null,
}

/** The newest dead letters with the counts of all; not asked by whoever may not read them. */
export function useDeadLetters() {
  const api = useApi()
  return useQuery({
    queryKey: keys.deadLetters,
    queryFn: () => api.letters(EVERY_LETTER, null),
    enabled: useRefusal(lettersNeed()) === null,
    refetchInterval: usePolling(),
  })
}

/** The newest changes of edges, of one stream or of all. */
export function useChanges(stream: string | null) {
  const api = useApi()
  return useQuery({
    queryKey: stream ? keys.changesOf(stream) : keys.changes,
    queryFn: () => api.changes(stream),
    refetchInterval: usePolling(),
  })
}

/**
 * A long list, newest first, page by page. It is renewed as long as its first page alone is
 * there: who looks at older ones must not be moved.
 */
function useLog<P extends Page<unknown>>(
  queryKey: readonly unknown[],
  read: (cursor: string | null) => Promise<P>,
) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? false : POLL_MS),
  })
}

export function useEventLog(filter: EventFilter) {
  const api = useApi()
  return useLog([...keys.eventLog, filter], (cursor) => api.events(filter, cursor))
}

export function useTraceLog(stream: string | null) {
  const api = useApi()
  return useLog([...keys.traceLog, stream], (cursor) => api.traces(stream, cursor))
}

export function useLetterLog(filter: LetterFilter) {
  const api = useApi()
  return useLog([...keys.letterLog, filter], (cursor) => api.letters(filter, cursor))
}

/** An event does not change any more. */
export function useEvent(id: string) {
  const api = useApi()
  const queryFn = () => api.event(id)
  return useQuery({ queryKey: keys.event(id), queryFn, staleTime: Number.POSITIVE_INFINITY })
}

export function useLetter(id: string) {
  const api = useApi()
  return useQuery({ queryKey: keys.letter(id), queryFn: () => api.letter(id) })
}

/** Spans of a trace come one by one: those of late are still asked for. */
export function useTrace(id: string) {
  const api = useApi()
  return useQuery({
    queryKey: keys.trace(id),
    queryFn: () => api.trace(id),
    refetchInterval: POLL_MS,
  })
}

export function useApiKeys() {
  const api = useApi()
  return useQuery({ queryKey: keys.apiKeys, queryFn: api.keys, refetchInterval: POLL_MS })
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
