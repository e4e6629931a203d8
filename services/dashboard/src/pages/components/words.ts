/** Components in words: what is wanted of them, and what they really do. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import type { Component, ComponentInstance, Wanted, Wish } from '../../api/components'
import { codeName } from '../../codes'
import { count } from '../../format'
import type { Tone } from '../../ui/small'

/** Those that take something in hand which can wait, as the Core Manager has it. */
const PAUSABLE: ReadonlySet<string> = new Set(['stream_manager', 'mpie', 'drg'])

export const canPause = (name: string): boolean => PAUSABLE.has(name)

const WITHOUT: Record<string, MessageDescriptor> = {
  drg: msg`Without it engines keep to their safe share.`,
  mpie: msg`Without it windows wait on the bus, and graphs stand still.`,
  stream_manager: msg`Without it records wait on the bus.`,
  federation: msg`Without it nothing is shared with peers, and nothing is heard of them.`,
  meta_learning: msg`Without it streams are told nothing new.`,
  demo: msg`Without it the demonstration sends no records.`,
}

export function withoutIt(name: string): string {
  const text = WITHOUT[name]
  return text ? i18n._(text) : ''
}

/** The state that an instance is in once it obeys. */
export function expectedState({ enabled, paused }: Wish): ComponentInstance['state'] {
  if (!enabled) return 'off'
  return paused ? 'paused' : 'running'
}

export function wish({ enabled, paused, settings, version }: Wanted): string {
  const state = codeName(expectedState({ enabled, paused, settings }))
  const changed = Object.keys(settings).length > 0
  const how = changed ? t`${state}, with settings of its own` : t`${state}, as it was started`
  return version > 0 ? t`${how} (version ${version})` : how
}

/** Why an instance does not do what is wanted; empty where it does. */
export function disagreement(instance: ComponentInstance, wanted: Wanted): string {
  const { configured, state } = instance
  if (configured !== undefined && configured !== wanted.version) {
    return t`obeys version ${configured}, not ${wanted.version} yet`
  }
  const expected = expectedState(wanted)
  return state === expected ? '' : t`${codeName(state)}, not ${codeName(expected)}`
}

export interface Agreement {
  tone: Tone
  text: string
}

export function agreement({ instances, wanted }: Component): Agreement | null {
  if (!wanted) return null
  if (instances.length === 0) return { tone: 'bad', text: t`no instance is there to obey` }
  const astray = instances.filter((each) => disagreement(each, wanted))
  if (astray.length === 0) {
    const text = plural(instances.length, {
      1: '✓ its instance does what is wanted',
      other: '✓ all # instances do what is wanted',
    })
    return { tone: 'good', text }
  }
  const some = count(astray.length)
  const text = plural(instances.length, {
    1: '≠ its instance not yet as wanted',
    other: `≠ ${some} of # instances not yet as wanted`,
  })
  return { tone: 'warn', text }
}

/** A name for a command that is sent twice at most. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
