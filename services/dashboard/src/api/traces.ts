/** Traces: what a message led to, from service to service. */

export interface TraceSummary {
  trace_id: string
  at: string
  /** Of the first span. */
  name: string
  duration_ms: number
  /** Keys of the messages that were handled: streams, and instances. */
  streams: string[]
  components: string[]
  span_count: number
  has_failed: boolean
}

export interface Span {
  span_id: string
  parent_id: string | null
  /** 0 for what began it. */
  depth: number
  name: string
  component: string
  key: string | null
  topic: string | null
  partition: number | null
  offset: number | null
  /** Since the trace began. */
  start_ms: number
  duration_ms: number
  error: string | null
}

export interface TraceDetails extends TraceSummary {
  /** Each behind that which led to it. */
  spans: Span[]
}
