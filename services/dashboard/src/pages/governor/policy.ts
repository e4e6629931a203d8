/**
 * The thresholds that an instance is governed by, as far as the gateway tells: what is built in (the
 * defaults of the schema), with what is wanted while it runs. Pure.
 */
import type { ComponentDetail, Json, JsonObject, JsonSchema } from '../../api/components'
import type { Level } from '../../api/governor'
import { isObject, resolved } from '../components/schema'

/** From good to bad; each but the first has a load to enter at and one to leave below. */
export const LEVELS: readonly Level[] = ['normal', 'caution', 'throttle', 'critical', 'pause']

export interface Thresholds {
  /** The load that is held. */
  target: number
  /** Loads at which caution, throttle, critical and pause begin, and below which they end. */
  enter: number[]
  leave: number[]
  /** What is still well, by resource; null is not looked at. */
  tolerances: Record<string, number | null>
  dryRun: boolean
}

function defaults(schema: JsonSchema): JsonObject {
  const members = Object.entries(schema.properties ?? {})
  return Object.fromEntries(members.map(([name, member]) => [name, member.default ?? null]))
}

const numbers = (value: Json | undefined): number[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'number') : []

function tolerances(value: Json | undefined): Record<string, number | null> {
  const known = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(known.map(([name, at]) => [name, typeof at === 'number' ? at : null]))
}

/** Null where the component cannot be told how to govern. */
export function thresholds(detail: ComponentDetail): Thresholds | null {
  const { schema, wanted } = detail
  const policy = schema?.properties?.policy
  if (!schema || !policy) return null
  const builtIn = defaults(resolved(policy, schema).schema)
  const wish = isObject(wanted.settings.policy) ? wanted.settings.policy : {}
  const both = { ...builtIn, ...wish }
  const said = isObject(wish.tolerances) ? wish.tolerances : {}
  return {
    target: typeof both.target === 'number' ? both.target : 1,
    enter: numbers(both.enter),
    leave: numbers(both.leave),
    tolerances: { ...tolerances(builtIn.tolerances), ...tolerances(said) },
    dryRun: both.dry_run === true,
  }
}
