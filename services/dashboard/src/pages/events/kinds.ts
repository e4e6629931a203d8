/** Kinds of events in words. Pure. */
import type { EventKind } from '../../api/events'

export const KIND_LABELS: Record<EventKind, string> = {
  edge: 'edges',
  definition: 'definitions',
  component: 'components',
  command: 'commands',
  decision: 'budgets',
  round: 'rounds',
  learning: 'learning',
  trial: 'trials',
  'dead-letter': 'dead letters',
  replay: 'sent again',
}

const ONE: Record<EventKind, string> = {
  edge: 'edge',
  definition: 'definition',
  component: 'component',
  command: 'command',
  decision: 'budget',
  round: 'round',
  learning: 'learning',
  trial: 'trial',
  'dead-letter': 'dead letter',
  replay: 'sent again',
}

/** A later version of the gateway may know more of them. */
export const kindName = (kind: EventKind): string => ONE[kind] ?? kind
