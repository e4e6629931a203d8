/** What the live feed tells: items, told apart by their type. */
import type { Change, StreamDetail, StreamSummary } from '../api/client'
import type { Command, Component } from '../api/components'
import type { LoggedEvent } from '../api/events'
import type { Round } from '../api/federation'
import type { Decision } from '../api/governor'
import type { DeadLetter } from '../api/letters'
import type { Trial } from '../api/meta'
import type { Schemas } from '../api/schema'

/** A stream has a newer graph, with so many edges: fetch it. */
export type GraphNotice = Pick<Schemas['GraphModel'], 'stream' | 'version' | 'rows' | 'windows'> &
  Pick<StreamSummary, 'edges'>

/** What each type of item holds. */
interface Told {
  stream: StreamSummary
  forgotten: Pick<StreamDetail, 'id'>
  graph: GraphNotice
  edge: Change
  component: Component
  command: Command
  decision: Decision
  round: Round
  trial: Trial
  'dead-letter': DeadLetter
  replay: LoggedEvent
  /** The feed has begun anew: what is known may be out of date. */
  reset: unknown
}

export type LiveItem = { [Type in keyof Told]: { type: Type; data: Told[Type] } }[keyof Told]
