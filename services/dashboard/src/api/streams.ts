/** What a stream is said to be, and the way that records go in. */
import type { JsonSchema } from './components'
import { type Gateway, held } from './http'
import { ApiError, isNotFound, toError } from './problems'
import type { Schemas } from './schema'

export type Definition = Schemas['DefinitionModel']
export type Variable = Schemas['VariableModel']
export type WindowPolicy = Schemas['WindowPolicyModel']
export type Stream = Schemas['StreamModel']
export type StreamDetails = Schemas['StreamDetailsModel']
export type Ingested = Schemas['IngestModel']
export type Accepted = Schemas['AcceptedModel']

/** The parts of the gateway's document that say what a definition may hold. */
export interface DefinitionSchemas {
  window: JsonSchema
  variable: JsonSchema
}

/** A trace id that a request can be found by afterwards. */
export function newTrace(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** As much of a session as these calls need. */
export interface Caller {
  readonly gateway: Gateway
}

/** What the gateway says of itself; it needs no session. */
export async function definitionSchemas(): Promise<DefinitionSchemas> {
  const response = await fetch('/api/v1/openapi.json')
  if (!response.ok) throw await toError(response)
  const { components } = (await response.json()) as {
    components: { schemas: Record<string, JsonSchema> }
  }
  const { WindowPolicyModel: window = {}, VariableModel: variable = {} } = components.schemas
  return { window, variable }
}

/** A stream as it is now; null where there is none of that name. */
export async function streamNow(
  { gateway }: Caller,
  stream: string,
): Promise<StreamDetails | null> {
  try {
    return await held(gateway.GET('/api/v1/streams/{stream}', { params: { path: { stream } } }))
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

/** Over that version alone, or where there is none of that name; else a 412 names the newest. */
export function define(
  { gateway }: Caller,
  stream: string,
  body: Definition,
  over: number | null,
): Promise<Accepted> {
  const header = over === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${over}"` }
  const asked = { params: { path: { stream }, header }, body }
  return held(gateway.PUT('/api/v1/streams/{stream}', asked))
}

interface Records {
  /** One JSON object per line. */
  body: string
  trace: string
}

/** Send records as the beginning of a trace. */
export function sendRecords(
  { gateway }: Caller,
  stream: string,
  { body, trace }: Records,
): Promise<Ingested> {
  const asked = {
    params: { path: { stream } },
    headers: {
      'Content-Type': 'application/x-ndjson',
      traceparent: `00-${trace}-${trace.slice(16)}-01`,
    },
    body,
    bodySerializer: () => body,
  }
  return held(gateway.POST('/api/v1/streams/{stream}/records', asked))
}

/** Whether a request is known to have been done to its end. False says nothing: few are kept. */
export async function wasDone({ gateway }: Caller, trace: string): Promise<boolean> {
  try {
    const asked = { params: { path: { trace_id: trace } } }
    const { spans } = await held(gateway.GET('/api/v1/traces/{trace_id}', asked))
    return spans.some(({ name, error }) => name.startsWith('POST /streams') && error === null)
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}
