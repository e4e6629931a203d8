/** What happened, as the gateway tells it. */
import type { Schemas } from './schema'

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
] as const satisfies readonly LoggedEvent['kind'][]

export type LoggedEvent = Schemas['EventsModel']['items'][number]
export type EventKind = LoggedEvent['kind']
/** An event with all that it says, and where it is on the bus. */
export type EventDetails = Schemas['EdgeEventDetailsModel'] | Schemas['EventDetailsModel']

/** Which events are wanted; an empty list of kinds is all of them. */
export interface EventFilter {
  kinds: EventKind[]
  stream: string | null
  /** RFC 3339. */
  since: string | null
  until: string | null
  trace: string | null
}
