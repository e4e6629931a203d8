/** What the pages ask of the gateway, in one session; `http.ts` says how. */
import type { Command, Component, ComponentDetail, Wish } from './components'
import type { EventDetails, EventFilter, LoggedEvent } from './events'
import type { Federations } from './federation'
import type { Governor } from './governor'
import { type Gateway, held, inside, type Reports, said } from './http'
import type { Key, NewKey, WantedKey } from './keys'
import type { Edit, LetterDetails, LetterFilter, LetterPage, Rehearsed, Sent } from './letters'
import type { MetaLearning } from './meta'
import type { operations, Schemas } from './schema'
import type { TraceDetails, TraceSummary } from './traces'

export type StreamSummary = Schemas['StreamModel']
export type StreamDetail = Schemas['StreamDetailsModel']
export type VariableDetail = Schemas['VariableDetailsModel']
/** What the last window says of a column; null where there is nothing to tell. */
export type ColumnQuality = Schemas['QualityModel']
export type Accuracy = Schemas['AccuracyModel']
export type AccuracyPoint = Schemas['AccuracyPointModel']

export type EdgeKey = Schemas['ReferenceEdgeModel']
export type Edge = Schemas['EdgeModel']
/** What came from elsewhere, and how far it is used. */
export type Prior = Schemas['PriorModel']
/** Sources, each a name and a lag, that act on a target jointly. */
export type Hyperedge = Schemas['HyperedgeModel']
/** A chain of accepted edges. */
export type CausalPath = Schemas['PathModel']
export type CausalGraph = Schemas['GraphModel']
export type GraphState = NonNullable<
  NonNullable<operations['getGraph']['parameters']['query']>['state']
>
export type ExportFormat = operations['exportGraph']['parameters']['path']['format']

/** One change of one edge, as told in words by the gateway. */
export type Change = Schemas['ChangeModel'] & {
  /** Left out by the live feed. */
  trace_id?: string | null
}

export type ByteStream = ReadableStream<Uint8Array>

export interface Page<T> {
  items: T[]
  next: string | null
}

/** How many items a page of a long list has. */
const PAGE = 50

export interface Order {
  /** What is left out stays as it is. */
  wish: Partial<Wish>
  /** The version that was read: a newer one refuses the order with a 412. */
  version: number
  /** Said twice, it is done once. */
  key: string
}

const onceOnly = (key: string) => ({ header: { 'Idempotency-Key': key } })

export class Api {
  /** For the calls of other modules in the same session. */
  readonly gateway: Gateway

  constructor(csrf: string, reports: Reports) {
    this.gateway = inside(csrf, reports)
  }

  streams = (): Promise<Page<StreamSummary>> =>
    held(this.gateway.GET('/api/v1/streams', { params: { query: { limit: 500 } } }))

  stream = (stream: string): Promise<StreamDetail> =>
    held(this.gateway.GET('/api/v1/streams/{stream}', { params: { path: { stream } } }))

  components = (): Promise<{ items: Component[] }> => held(this.gateway.GET('/api/v1/components'))

  component = (name: string): Promise<ComponentDetail> =>
    held(this.gateway.GET('/api/v1/components/{name}', { params: { path: { name } } }))

  /** Resources as they are now; decisions are many, and asked for apart. */
  governor = (): Promise<Governor> => this.#governor(1)
  decisions = (): Promise<Governor> => this.#governor(500)

  federation = (): Promise<Federations> =>
    held(this.gateway.GET('/api/v1/federation', { params: { query: { limit: 200 } } }))

  meta = (): Promise<MetaLearning> =>
    held(this.gateway.GET('/api/v1/meta', { params: { query: { limit: 100 } } }))

  /** The newest changes of edges, of one stream or of all. */
  changes = async (stream: string | null): Promise<Page<Change>> => {
    const query = { type: ['edge' as const], ...said({ stream }), limit: stream ? 200 : PAGE }
    const { items, next } = await held(this.gateway.GET('/api/v1/events', { params: { query } }))
    return { items: items.filter((item) => item.kind === 'edge'), next }
  }

  events = (filter: EventFilter, cursor: string | null): Promise<Page<LoggedEvent>> => {
    const { kinds, trace, ...rest } = filter
    const type = kinds.length > 0 ? kinds : ['all' as const]
    const query = { type, ...said({ ...rest, trace_id: trace, cursor }), limit: PAGE }
    return held(this.gateway.GET('/api/v1/events', { params: { query } }))
  }

  event = (id: string): Promise<EventDetails> =>
    held(this.gateway.GET('/api/v1/events/{id}', { params: { path: { id } } }))

  traces = (stream: string | null, cursor: string | null): Promise<Page<TraceSummary>> => {
    const query = { ...said({ stream, cursor }), limit: PAGE }
    return held(this.gateway.GET('/api/v1/traces', { params: { query } }))
  }

  trace = (id: string): Promise<TraceDetails> =>
    held(this.gateway.GET('/api/v1/traces/{trace_id}', { params: { path: { trace_id: id } } }))

  letters = (filter: LetterFilter, cursor: string | null): Promise<LetterPage> => {
    const { origin, ...rest } = filter
    const query = { ...said({ ...rest, origin_topic: origin, cursor }), limit: PAGE }
    return held(this.gateway.GET('/api/v1/dead-letters', { params: { query } }))
  }

  letter = (id: string): Promise<LetterDetails> =>
    held(this.gateway.GET('/api/v1/dead-letters/{id}', { params: { path: { id } } }))

  /** Say whether a letter would be accepted now; nothing is sent. */
  rehearse = (id: string, edit: Edit): Promise<Rehearsed> => {
    const asked = { params: { path: { id } }, body: { ...edit, dry_run: true } }
    return held(this.gateway.POST('/api/v1/dead-letters/{id}/replay', asked)) as Promise<Rehearsed>
  }

  /** Send a letter again; with the same key it is done once. */
  replay = (id: string, edit: Edit, key: string): Promise<Sent> => {
    const asked = { params: { path: { id }, ...onceOnly(key) }, body: edit }
    return held(this.gateway.POST('/api/v1/dead-letters/{id}/replay', asked)) as Promise<Sent>
  }

  /** Send the oldest of a reason that never were sent again. */
  replayAll = (reason: string, limit: number, key: string): Promise<Sent> => {
    const asked = { params: onceOnly(key), body: { reason, limit } }
    return held(this.gateway.POST('/api/v1/dead-letters/replay', asked))
  }

  keys = (): Promise<Page<Key>> => held(this.gateway.GET('/api/v1/keys'))

  issue = (body: WantedKey): Promise<NewKey> => held(this.gateway.POST('/api/v1/keys', { body }))

  revoke = async (key: string): Promise<void> => {
    await this.gateway.DELETE('/api/v1/keys/{key}', { params: { path: { key } } })
  }

  signOut = async (): Promise<void> => {
    await this.gateway.DELETE('/api/v1/session')
  }

  /** Pass over the records of a stream from now on, or take them in again. */
  pause = async (stream: string): Promise<void> => {
    await this.gateway.POST('/api/v1/streams/{stream}/pause', { params: { path: { stream } } })
  }

  resume = async (stream: string): Promise<void> => {
    await this.gateway.POST('/api/v1/streams/{stream}/resume', { params: { path: { stream } } })
  }

  /** Drop the definition, open windows and graph of a stream. */
  forget = async (stream: string): Promise<void> => {
    await this.gateway.DELETE('/api/v1/streams/{stream}', { params: { path: { stream } } })
  }

  /** Want something else of a component; null where nobody has answered yet. */
  configure = async (name: string, { wish, version, key }: Order): Promise<Command | null> => {
    const header = { 'If-Match': `"${version}"`, ...onceOnly(key).header }
    const answer = await held(
      this.gateway.PUT('/api/v1/components/{name}', {
        params: { path: { name }, header },
        body: wish,
      }),
    )
    return 'id' in answer ? answer : null
  }

  graph = (stream: string, state: GraphState): Promise<CausalGraph> => {
    const params = { path: { stream }, query: { state } }
    const path = '/api/v1/streams/{stream}/graph'
    return held(this.gateway.GET(path, { params }))
  }

  /** The graph in a file format, as the gateway writes it. */
  download = (stream: string, format: ExportFormat): Promise<Blob> => {
    const params = { path: { stream, format } }
    const path = '/api/v1/streams/{stream}/graph.{format}'
    return held(this.gateway.GET(path, { params, parseAs: 'blob' }))
  }

  /** The live feed, from behind the item of that id on; `sse.ts` reads it. */
  follow = async (lastId: string | null, signal: AbortSignal): Promise<ByteStream> => {
    const params = { header: said({ 'last-event-id': lastId }) }
    const headers = { Accept: 'text/event-stream' }
    const asked = { params, headers, signal, parseAs: 'stream' } as const
    const body = await held(this.gateway.GET('/api/v1/stream', asked))
    if (!body) throw new Error('the feed has no body')
    return body
  }

  #governor(limit: number): Promise<Governor> {
    const query = { limit }
    return held(this.gateway.GET('/api/v1/drg', { params: { query } }))
  }
}
