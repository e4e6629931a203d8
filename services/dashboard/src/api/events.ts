/** What happened, as the gateway tells it. */
import type { Json } from './components'

export const EVENT_KINDS = [
  'edge',
  'definition',
  'component',
  'command',
  'decision',
  'round',
  'learning',
  'trial',
  'dead-letter',
  'replay',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export interface LoggedEvent {
  id: string
  kind: EventKind
  type: string
  at: string
  stream: string | null
  /** What it is about. */
  subject: string
  summary: string
  trace_id: string | null
}

/** An event with all that it says, and where it is on the bus. */
export interface EventDetails extends LoggedEvent {
  topic: string
  partition: number
  offset: number
  payload: { [name: string]: Json }
}

/** Which events are wanted; an empty list of kinds is all of them. */
export interface EventFilter {
  kinds: EventKind[]
  stream: string | null
  /** RFC 3339. */
  since: string | null
  until: string | null
  trace: string | null
}
