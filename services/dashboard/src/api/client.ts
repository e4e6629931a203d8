/**
 * The gateway's HTTP contract, `/api/v1`: its types, and one small client.
 *
 * Every request carries the bearer token. Errors are RFC 9457 problems, raised as `ApiError`;
 * a 401 is also reported to `onUnauthorized`, because then no request can succeed.
 */
import type { Command, Component, ComponentDetail, Wish } from './components'
import type { Federations } from './federation'
import type { Governor } from './governor'
import type { MetaLearning } from './meta'

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
export interface DeadLetter {
  id: string
  origin_topic: string
  partition: number
  offset: number
  reason: string
  message: string
  at: string
  key: string | null
  preview: string | null
}

/** One change of one edge, as told in words by the gateway. */
export interface Change extends EdgeKey {
  id: string
  type: string
  at: string
  stream: string
  summary: string
  change: string
  effect: number | null
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

export interface DeadLetterPage extends Page<DeadLetter> {
  counts: Record<string, number>
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  /** Rows still needed before the first test; sent while a stream has no graph. */
  rows_needed?: number
  /** Of what is wanted, sent with a 412. */
  version?: number
}

/** A response that was not a success; `message` is fit to show. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail || problem?.title || `The gateway answered ${status}.`)
    this.status = status
    this.problem = problem
  }
}

export const isNotFound = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 404

export const isConflict = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 412

async function toError(response: Response): Promise<ApiError> {
  const isJson = response.headers.get('content-type')?.includes('json')
  const problem = isJson ? ((await response.json().catch(() => null)) as Problem | null) : null
  return new ApiError(response.status, problem)
}

const streamPath = (id: string): string => `/streams/${encodeURIComponent(id)}`
const componentPath = (name: string): string => `/components/${encodeURIComponent(name)}`

export interface Order {
  /** What is left out stays as it is. */
  wish: Partial<Wish>
  /** The version that was read: a newer one refuses the order with a 412. */
  version: number
  /** Said twice, it is done once. */
  key: string
}

export class Api {
  static readonly base = '/api/v1'
  readonly #token: string
  readonly #onUnauthorized: () => void
  readonly #cached = new Map<string, { etag: string; body: unknown }>()

  constructor(token: string, onUnauthorized: () => void) {
    this.#token = token
    this.#onUnauthorized = onUnauthorized
  }

  streams = (): Promise<Page<StreamSummary>> => this.#json('/streams')
  stream = (id: string): Promise<StreamDetail> => this.#json(streamPath(id))
  components = (): Promise<{ items: Component[] }> => this.#json('/components')
  component = (name: string): Promise<ComponentDetail> => this.#json(componentPath(name))
  /** Resources as they are now; decisions are many, and asked for apart. */
  governor = (): Promise<Governor> => this.#json('/drg?limit=1')
  decisions = (): Promise<Governor> => this.#json('/drg?limit=500')
  federation = (): Promise<Federations> => this.#json('/federation?limit=200')
  meta = (): Promise<MetaLearning> => this.#json('/meta?limit=100')
  deadLetters = (): Promise<DeadLetterPage> => this.#json('/dead-letters?limit=50')
  events = (): Promise<Page<Change>> => this.#json('/events?limit=50')

  /** Pass over the records of a stream from now on, or take them in again. */
  pause = (id: string): Promise<void> => this.#command(`${streamPath(id)}/pause`)
  resume = (id: string): Promise<void> => this.#command(`${streamPath(id)}/resume`)

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

  /** `fetch` of a path under `/api/v1` with the token; the live feed uses it too. */
  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('Authorization', `Bearer ${this.#token}`)
    const response = await fetch(Api.base + path, { ...init, headers })
    if (response.status === 401) this.#onUnauthorized()
    return response
  }

  async #command(path: string): Promise<void> {
    const response = await this.fetch(path, { method: 'POST' })
    if (!response.ok) throw await toError(response)
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
