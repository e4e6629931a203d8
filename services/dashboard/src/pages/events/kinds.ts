/** Kinds of events in words. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { EventKind } from '../../api/events'

const MANY: Record<EventKind, MessageDescriptor> = {
  edge: msg`edges`,
  definition: msg`definitions`,
  component: msg`components`,
  command: msg`commands`,
  decision: msg`budgets`,
  round: msg`rounds`,
  learning: msg`learning`,
  trial: msg`trials`,
  'dead-letter': msg`dead letters`,
  replay: msg`sent again`,
}

const ONE: Record<EventKind, MessageDescriptor> = {
  edge: msg`edge`,
  definition: msg`definition`,
  component: msg`component`,
  command: msg`command`,
  decision: msg`budget`,
  round: msg`round`,
  learning: msg`learning`,
  trial: msg`trial`,
  'dead-letter': msg`dead letter`,
  replay: msg`sent again`,
}

export const kindsName = (kind: EventKind): string => i18n._(MANY[kind])

/** A later version of the gateway may know more of them. */
export const kindName = (kind: EventKind): string => (ONE[kind] ? i18n._(ONE[kind]) : kind)
