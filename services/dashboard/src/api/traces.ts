/** Traces: what a message led to, from service to service. */
import type { Schemas } from './schema'

export type TraceSummary = Schemas['TraceModel']
export type Span = Schemas['SpanModel']
export type TraceDetails = Schemas['TraceDetailsModel']
