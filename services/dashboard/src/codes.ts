/**
 * What the gateway's own words are called on a page. Pure.
 *
 * Only states that everybody meets: names of rules, of reasons and of kinds of flaws are written
 * into commands and settings as they are, and so they are shown.
 */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Schemas } from './api/schema'

type Code =
  | Schemas['ComponentStatus']
  | Schemas['InstanceState']
  | Schemas['PooledState']
  | Schemas['StreamModel']['state']

const NAMES: Record<Code, MessageDescriptor> = {
  accepted: msg`accepted`,
  contested: msg`contested`,
  degraded: msg`degraded`,
  down: msg`down`,
  draining: msg`draining`,
  off: msg`off`,
  paused: msg`paused`,
  rejected: msg`rejected`,
  running: msg`running`,
  starting: msg`starting`,
  stopped: msg`stopped`,
  untested: msg`untested`,
  up: msg`up`,
}

export const codeName = (code: Code): string => i18n._(NAMES[code])
