/** Components in words: what is wanted of them, and what they really do. Pure. */
import type { Component, ComponentInstance, Wanted, Wish } from '../../api/components'
import type { Tone } from '../../ui/small'

/** Those that take something in hand which can wait, as the Core Manager has it. */
const PAUSABLE: ReadonlySet<string> = new Set(['stream_manager', 'mpie', 'drg'])

export const canPause = (name: string): boolean => PAUSABLE.has(name)

const WITHOUT: Record<string, string> = {
  drg: 'Without it engines keep to their safe share.',
  mpie: 'Without it windows wait on the bus, and graphs stand still.',
  stream_manager: 'Without it records wait on the bus.',
  federation: 'Without it nothing is shared with peers, and nothing is heard of them.',
  meta_learning: 'Without it streams are told nothing new.',
  demo: 'Without it the demonstration sends no records.',
}

export const withoutIt = (name: string): string => WITHOUT[name] ?? ''

/** The state that an instance is in once it obeys. */
export function expectedState({ enabled, paused }: Wish): string {
  if (!enabled) return 'off'
  return paused ? 'paused' : 'running'
}

export function wish({ enabled, paused, settings, version }: Wanted): string {
  const state = expectedState({ enabled, paused, settings })
  const changed = Object.keys(settings).length > 0
  const how = changed ? 'with settings of its own' : 'as it was started'
  return `${state}, ${how}${version > 0 ? ` (version ${version})` : ''}`
}

/** Why an instance does not do what is wanted; empty where it does. */
export function disagreement(instance: ComponentInstance, wanted: Wanted): string {
  const { configured, state } = instance
  if (configured !== undefined && configured !== wanted.version) {
    return `obeys version ${configured}, not ${wanted.version} yet`
  }
  const expected = expectedState(wanted)
  return state === expected ? '' : `${state}, not ${expected}`
}

export interface Agreement {
  tone: Tone
  text: string
}

export function agreement({ instances, wanted }: Component): Agreement | null {
  if (!wanted) return null
  if (instances.length === 0) return { tone: 'bad', text: 'no instance is there to obey' }
  const astray = instances.filter((each) => disagreement(each, wanted))
  if (astray.length === 0) {
    const all =
      instances.length === 1 ? 'its instance does' : `all ${instances.length} instances do`
    return { tone: 'good', text: `✓ ${all} what is wanted` }
  }
  const those =
    instances.length === 1 ? 'its instance' : `${astray.length} of ${instances.length} instances`
  return { tone: 'warn', text: `≠ ${those} not yet as wanted` }
}

/** A name for a command that is sent twice at most. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
