/**
 * The gateway's HTTP contract, `/api/v1`: its types, and one small client.
 *
 * Every request goes with the session's cookie, and what changes something says its CSRF token.
 * Errors are RFC 9457 problems, raised as `ApiError`; a 401 is also reported to `onUnauthorized`,
 * because then no request can succeed, and a 403 to a change to `onForbidden`: the session may be
 * another by now.
 */
import type { Command, Component, ComponentDetail, Wish } from './components'
import type { EventDetails, EventFilter, LoggedEvent } from './events'
import type { Federations } from './federation'
import type { Governor } from './governor'
import type { Key, NewKey, WantedKey } from './keys'
import type { Edit, LetterDetails, LetterFilter, LetterPage, Rehearsed, Sent } from './letters'
import type { MetaLearning } from './meta'
import { toError } from './problems'
import { type Query, query } from './query'
import type { TraceDetails, TraceSummary } from './traces'

export interface StreamSummary {
  id: string
  version: number
  variables: string[]
  domain: string
  /** Seconds between grid steps; null while it is not known. */
  cadence_s: number | null
  window: { kind: string; size: number; hop?: number | null } | null
  state: 'running' | 'paused'
  /** Rises when old and new windows do not belong together. */
  epoch: number
  /** What the newest version of the definition changed, in words; may be empty. */
  change: string
  records: number
  windows: number
  /** Records per second, recent. */
  rate: number
  /** Records refused or repaired, by kind. */
  flaws: Record<string, number>
  late: number
  /** Rows in the window that is still open, where the gateway can tell. */
  open_rows?: number
  last_record_at: string | null
  last_window_at: string | null
  edges: number
  /** Whether the true graph of this stream is known (a demonstration or a benchmark). */
  truth: boolean
}

export interface EdgeKey {
  source: string
  target: string
  /** Grid steps from cause to effect. */
  lag: number
}

export interface AccuracyPoint {
  rows: number
  precision: number
  recall: number
  at: string
}

export interface Accuracy {
  precision: number
  recall: number
  f1: number
  history: AccuracyPoint[]
}

/** What the last window says of a column; null where there is nothing to tell. */
export interface ColumnQuality {
  /** Share of the steps without a value. */
  missing: number
  /** The median, and the usual distance from it. */
  location: number | null
  scale: number | null
  /** How far both have moved from what is usual, in usual scales. */
  drift: number | null
  out_of_range: number
  /** Many values, all of them the same. */
  stuck: boolean
}

export interface VariableDetail {
  name: string
  unit: string
  kind: 'numeric' | 'boolean' | 'categorical'
  /** It has not come for a whole window. */
  absent: boolean
  quality: ColumnQuality | null
}

export interface StreamDetail extends StreamSummary {
  variable_details: VariableDetail[]
  truth_edges: EdgeKey[]
  accuracy: Accuracy | null
}

export interface Edge extends EdgeKey {
  /** Standard deviations of the target per standard deviation of the source. */
  effect: number | null
  se: number | null
  ci: [number | null, number | null] | null
  p_value: number | null
  q_value: number | null
  score: number
  /** Share of resamples that contain the edge, 0 to 1. */
  stability: number | null
  state: string
  /** False where the data do not decide the direction of a lag-0 link. */
  oriented: boolean
  windows: number
  first_seen: string | null
  last_seen: string | null
  form: 'linear' | 'quadratic'
  /** Accepted thanks to a prior only: the stream's own data would not show it. */
  imported: boolean
  prior: EdgePrior | null
}

/** What came from elsewhere says of an accepted edge. */
export interface EdgePrior {
  origin: string
  effect: number
  se: number
  q_value: number
}

/** What came from elsewhere, and how far it is used. */
export interface Prior {
  origin: string
  sequence: number
  at: string
  /** Peers or streams that it rests on. */
  provenance: string[]
  /** 0 to 1: as far as it has foreseen the stream's own rows. */
  trust: number
  rows: number
  /** Nats over own forecasts. */
  gain: number
}

/** Sources, each a name and a lag, that act on a target jointly. */
export interface Hyperedge {
  sources: [string, number][]
  target: string
  effect: number | null
  se: number | null
  ci: [number | null, number | null]
  p_value: number | null
  q_value: number | null
  state: string
  rows: number
}

/** A chain of accepted edges. */
export interface CausalPath {
  variables: string[]
  lags: number[]
  /** Total effect, sd per sd. */
  effect: number
  /** Total delay, grid steps. */
  delay: number
  score: number
  confidence: number
}

export interface CausalGraph {
  stream: string
  version: number
  as_of: string
  rows: number
  windows: number
  variables: string[]
  max_lag: number
  coverage: { tested: number; possible: number }
  edges: Edge[]
  paths: CausalPath[]
  hyperedges: Hyperedge[]
  priors: Prior[]
}

export type GraphState = 'accepted' | 'all'
export type ExportFormat = 'graphml' | 'dot' | 'csv'

/** One change of one edge, as told in words by the gateway. */
export interface Change extends EdgeKey {
  id: string
  type: string
  at: string
  stream: string
  summary: string
  change: string
  effect: number | null
  /** Left out by the live feed. */
  trace_id?: string | null
}

/** The `graph` event: a stream has a newer graph; fetch it. */
export interface GraphNotice {
  stream: string
  version: number
  rows: number
  windows: number
  edges?: number
}

export interface Page<T> {
  items: T[]
  next: string | null
}

const streamPath = (id: string): string => `/streams/${encodeURIComponent(id)}`
const componentPath = (name: string): string => `/components/${encodeURIComponent(name)}`
const letterPath = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`

/** How many items a page of a long list has. */
const PAGE = 50
const HARMLESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

export interface Order {
  /** What is left out stays as it is. */
  wish: Partial<Wish>
  /** The version that was read: a newer one refuses the order with a 412. */
  version: number
  /** Said twice, it is done once. */
  key: string
}

interface Reports {
  onUnauthorized: () => void
  onForbidden: () => void
}

interface Sending {
  body?: object
  headers?: Record<string, string>
}

const onceOnly = (key: string): Record<string, string> => ({ 'Idempotency-Key': key })

export class Api {
  static readonly base = '/api/v1'
  readonly #csrf: string
  readonly #report: Reports
  readonly #cached = new Map<string, { etag: string; body: unknown }>()

  constructor(csrf: string, report: Reports) {
    this.#csrf = csrf
    this.#report = report
  }

  streams = (): Promise<Page<StreamSummary>> => this.#json('/streams?limit=500')
  stream = (id: string): Promise<StreamDetail> => this.#json(streamPath(id))
  components = (): Promise<{ items: Component[] }> => this.#json('/components')
  component = (name: string): Promise<ComponentDetail> => this.#json(componentPath(name))
  /** Resources as they are now; decisions are many, and asked for apart. */
  governor = (): Promise<Governor> => this.#json('/drg?limit=1')
  decisions = (): Promise<Governor> => this.#json('/drg?limit=500')
  federation = (): Promise<Federations> => this.#json('/federation?limit=200')
  meta = (): Promise<MetaLearning> => this.#json('/meta?limit=100')
  /** The newest changes of edges, of one stream or of all. */
  changes = (stream: string | null): Promise<Page<Change>> =>
    this.#json(`/events${query({ type: ['edge'], stream, limit: stream ? 200 : PAGE })}`)

  events = (filter: EventFilter, cursor: string | null): Promise<Page<LoggedEvent>> => {
    const { kinds, stream, since, until, trace } = filter
    const type = kinds.length > 0 ? kinds : ['all']
    return this.#list('/events', { type, stream, since, until, trace_id: trace, cursor })
  }

  event = (id: string): Promise<EventDetails> => this.#json(`/events/${encodeURIComponent(id)}`)

  traces = (stream: string | null, cursor: string | null): Promise<Page<TraceSummary>> =>
    this.#list('/traces', { stream, cursor })

  trace = (id: string): Promise<TraceDetails> => this.#json(`/traces/${encodeURIComponent(id)}`)

  letters = (filter: LetterFilter, cursor: string | null): Promise<LetterPage> => {
    const { origin, ...rest } = filter
    return this.#list('/dead-letters', { ...rest, origin_topic: origin, cursor })
  }

  letter = (id: string): Promise<LetterDetails> => this.#json(letterPath(id))

  /** Say whether a letter would be accepted now; nothing is sent. */
  rehearse = (id: string, edit: Edit): Promise<Rehearsed> =>
    this.#send('POST', `${letterPath(id)}/replay`, { body: { ...edit, dry_run: true } })

  /** Send a letter again; with the same key it is done once. */
  replay = (id: string, edit: Edit, key: string): Promise<Sent> =>
    this.#send('POST', `${letterPath(id)}/replay`, { body: edit, headers: onceOnly(key) })

  /** Send the oldest of a reason that never were sent again. */
  replayAll = (reason: string, limit: number, key: string): Promise<Sent> =>
    this.#send('POST', '/dead-letters/replay', { body: { reason, limit }, headers: onceOnly(key) })

  keys = (): Promise<Page<Key>> => this.#json('/keys')
  issue = (wanted: WantedKey): Promise<NewKey> => this.#send('POST', '/keys', { body: wanted })
  revoke = (id: string): Promise<void> => this.#send('DELETE', `/keys/${encodeURIComponent(id)}`)
  signOut = (): Promise<void> => this.#send('DELETE', '/session')

  /** Pass over the records of a stream from now on, or take them in again. */
  pause = (id: string): Promise<void> => this.#send('POST', `${streamPath(id)}/pause`)
  resume = (id: string): Promise<void> => this.#send('POST', `${streamPath(id)}/resume`)
  /** Drop the definition, open windows and graph of a stream. */
  forget = (id: string): Promise<void> => this.#send('DELETE', streamPath(id))

  /** Want something else of a component; null where nobody has answered yet. */
  async configure(name: string, { wish, version, key }: Order): Promise<Command | null> {
    const response = await this.fetch(componentPath(name), {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/json',
        'If-Match': `"${version}"`,
        'Idempotency-Key': key,
      },
      body: JSON.stringify(wish),
    })
    if (!response.ok) throw await toError(response)
    return response.status === 202 ? null : ((await response.json()) as Command)
  }

  graph = (id: string, state: GraphState): Promise<CausalGraph> =>
    this.#json(`${streamPath(id)}/graph?state=${state}`)

  /** The graph in a file format, as the gateway writes it. */
  async download(id: string, format: ExportFormat): Promise<Blob> {
    const response = await this.fetch(`${streamPath(id)}/graph.${format}`)
    if (!response.ok) throw await toError(response)
    return response.blob()
  }

  /** `fetch` of a path under `/api/v1` in this session; the live feed uses it too. */
  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    const isHarmless = HARMLESS.has(init.method ?? 'GET')
    if (!isHarmless) headers.set('X-CSRF-Token', this.#csrf)
    const response = await fetch(Api.base + path, { ...init, headers })
    if (response.status === 401) this.#report.onUnauthorized()
    if (response.status === 403 && !isHarmless) this.#report.onForbidden()
    return response
  }

  /** A page of a long list; what is null is left out of the address. */
  #list<T>(path: string, asked: Query): Promise<T> {
    return this.#json(`${path}${query({ ...asked, limit: PAGE })}`)
  }

  async #send<T>(method: string, path: string, sent: Sending = {}): Promise<T> {
    const { body, headers } = sent
    const response = await this.fetch(path, {
      method,
      headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw await toError(response)
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  async #json<T>(path: string): Promise<T> {
    const known = this.#cached.get(path)
    const response = await this.fetch(
      path,
      known ? { headers: { 'If-None-Match': known.etag } } : {},
    )
    if (response.status === 304 && known) return known.body as T
    if (!response.ok) throw await toError(response)
    const body = (await response.json()) as T
    const etag = response.headers.get('etag')
    if (etag) this.#cached.set(path, { etag, body })
    return body
  }
}
