/** One live feed per tab: its events are folded into the query cache, its state into a context. */
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import type { Change, Page, StreamDetail, StreamSummary } from '../api/client'
import type { Command, Component, ComponentDetail } from '../api/components'
import type { Decision } from '../api/governor'
import type { DeadLetter, LetterPage } from '../api/letters'
import { isNarrow } from '../app/access'
import { useApi, useSession } from '../app/session'
import { ConnectionContext } from './connection'
import type { GraphNotice, LiveItem } from './items'
import { keys } from './queries'
import * as reduce from './reduce'
import { type ConnectionState, Feed } from './sse'
import { Throttle } from './throttle'

const GRAPH_FETCH_MS = 500
const DETAIL_FETCH_MS = 2_000
const LOG_FETCH_MS = 1_000

/** What a list of events may hold. */
const LOGGED: ReadonlySet<LiveItem['type']> = new Set([
  'edge',
  'component',
  'command',
  'decision',
  'round',
  'trial',
  'dead-letter',
  'replay',
])

function throttledRefetch(client: QueryClient) {
  const refetch = (queryKey: readonly string[]) => void client.invalidateQueries({ queryKey })
  return {
    graph: new Throttle(GRAPH_FETCH_MS, (id) => refetch(keys.graph(id))),
    detail: new Throttle(DETAIL_FETCH_MS, (id) => refetch(keys.stream(id))),
    meta: new Throttle(DETAIL_FETCH_MS, () => refetch(keys.meta)),
    federation: new Throttle(DETAIL_FETCH_MS, () => refetch(keys.federation)),
    changesOf: new Throttle(DETAIL_FETCH_MS, (id) => refetch(keys.changesOf(id))),
    log: new Throttle(LOG_FETCH_MS, () => renewLogs(client)),
  }
}

/** Renew the lists of which the first page alone is looked at. */
function renewLogs(client: QueryClient): void {
  void client.invalidateQueries({
    queryKey: keys.logs,
    predicate: ({ state }) => (state.data as InfiniteData<unknown> | undefined)?.pages.length === 1,
  })
}

type Refetch = ReturnType<typeof throttledRefetch>

/** How an item changes what the queries hold. */
function folding(client: QueryClient, refetch: Refetch): (item: LiveItem) => void {
  const onStream = (item: StreamSummary) => {
    client.setQueryData<Page<StreamSummary>>(keys.streams, (p) => reduce.withStream(p, item))
    client.setQueryData<StreamDetail>(keys.stream(item.id), (d) => reduce.withSummary(d, item))
    client.setQueryData<reduce.RateHistory>(keys.rates, (h) =>
      reduce.withRate(h ?? {}, item.id, item.rate),
    )
    refetch.detail.ask(item.id)
  }
  const onForgotten = ({ id }: { id: string }) => {
    client.setQueryData<Page<StreamSummary>>(keys.streams, (p) => reduce.withoutStream(p, id))
    // An open page of it must not go on showing what it was.
    void client.resetQueries({ queryKey: keys.stream(id) })
    void client.resetQueries({ queryKey: keys.graph(id) })
  }
  const onGraph = (notice: GraphNotice) => {
    client.setQueryData<Page<StreamSummary>>(keys.streams, (p) => reduce.withGraphNotice(p, notice))
    refetch.graph.ask(notice.stream)
    refetch.detail.ask(notice.stream)
  }
  const onComponent = (component: Component) => {
    client.setQueryData<{ items: Component[] }>(keys.components, (p) =>
      reduce.withComponent(p, component),
    )
    const key = keys.component(component.name)
    const before = client.getQueryData<ComponentDetail>(key)
    client.setQueryData<ComponentDetail>(key, (d) => reduce.withStatus(d, component))
    if (before && reduce.worksOtherwise(before, component)) {
      client.invalidateQueries({ queryKey: key })
    }
  }
  const onEdge = (change: Change) => {
    client.setQueryData<Page<Change>>(keys.changes, (p) => reduce.withChange(p, change))
    refetch.changesOf.ask(change.stream)
  }
  const onCommand = (command: Command) => {
    client.setQueryData<ComponentDetail>(keys.component(command.component), (d) =>
      reduce.withCommand(d, command),
    )
  }
  const onDecision = (decision: Decision) => {
    client.setQueryData<Decision[]>(keys.decisions, (d) => reduce.withDecision(d, decision))
  }
  const onDeadLetter = (letter: DeadLetter) => {
    client.setQueryData<LetterPage>(keys.deadLetters, (p) => reduce.withDeadLetter(p, letter))
  }
  return (item) => {
    switch (item.type) {
      case 'stream':
        return onStream(item.data)
      case 'forgotten':
        return onForgotten(item.data)
      case 'graph':
        return onGraph(item.data)
      case 'edge':
        return onEdge(item.data)
      case 'component':
        return onComponent(item.data)
      case 'command':
        return onCommand(item.data)
      case 'decision':
        return onDecision(item.data)
      case 'round':
        return refetch.federation.ask('all')
      case 'trial':
        return refetch.meta.ask('all')
      case 'dead-letter':
        return onDeadLetter(item.data)
      case 'replay':
        return void client.invalidateQueries({ queryKey: keys.letters })
      case 'reset':
        return void client.invalidateQueries()
    }
  }
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const api = useApi()
  const client = useQueryClient()
  const narrow = isNarrow(useSession())
  const [state, setState] = useState<ConnectionState>(narrow ? 'asking' : 'reconnecting')

  useEffect(() => {
    if (narrow) {
      setState('asking')
      return
    }
    const refetch = throttledRefetch(client)
    const fold = folding(client, refetch)
    const feed = new Feed({
      open: api.follow,
      onEvent: (type, data) => {
        // What a newer gateway tells besides matches nothing.
        const item = { type, data } as LiveItem
        fold(item)
        if (LOGGED.has(item.type)) refetch.log.ask('all')
      },
      onState: setState,
    })
    const onOnline = () => feed.retryNow()
    window.addEventListener('online', onOnline)
    void feed.start()
    return () => {
      feed.stop()
      window.removeEventListener('online', onOnline)
      for (const throttle of Object.values(refetch)) throttle.clear()
    }
  }, [api, client, narrow])

  return <ConnectionContext value={state}>{children}</ConnectionContext>
}
