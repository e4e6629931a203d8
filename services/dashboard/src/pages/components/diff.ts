/** What differs between two wishes, and how to put one's own changes onto somebody else's. Pure. */
import { t } from '@lingui/core/macro'
import type { Json, JsonObject, Wish } from '../../api/components'
import { fieldId, isObject, withValue } from './schema'

export interface Difference {
  path: string[]
  /** Undefined: as it was started. */
  before: Json | undefined
  after: Json | undefined
}

type Leaf = [path: string[], value: Json]

function leaves(value: Json, path: string[] = []): Leaf[] {
  if (!isObject(value)) return [[path, value]]
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
}

const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

const plain = ({ enabled, paused, settings }: Wish): JsonObject => ({ enabled, paused, settings })

/** Leaf by leaf, in the order in which they are met. */
export function differences(before: Wish, after: Wish): Difference[] {
  const [left, right] = [before, after].map(
    (wish) => new Map(leaves(plain(wish)).map((leaf) => [fieldId(leaf[0]), leaf])),
  )
  const ids = new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])
  return [...ids].flatMap((id) => {
    const [was, is] = [left?.get(id), right?.get(id)]
    const path = (is ?? was)?.[0] ?? []
    return isSame(was?.[1], is?.[1]) ? [] : [{ path, before: was?.[1], after: is?.[1] }]
  })
}

function removed(settings: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  if (name === undefined) return settings
  const { [name]: inner, ...others } = settings
  if (rest.length === 0 || !isObject(inner)) return others
  const left = removed(inner, rest)
  return Object.keys(left).length > 0 ? { ...others, [name]: left } : others
}

function applied(wish: JsonObject, { path, after }: Difference): JsonObject {
  return after === undefined ? removed(wish, path) : withValue(wish, path, after)
}

/** One's own changes, made to what somebody else wants by now. */
export function rebased(theirs: Wish, mine: readonly Difference[]): Wish {
  const { settings, enabled, paused } = mine.reduce(applied, plain(theirs))
  return {
    enabled: enabled === true,
    paused: paused === true,
    settings: isObject(settings) ? settings : {},
  }
}

/** Members of a wish that differ, whole: what a command has to say. */
export function order(before: Wish, after: Wish): Partial<Wish> {
  return {
    ...(before.enabled === after.enabled ? {} : { enabled: after.enabled }),
    ...(before.paused === after.paused ? {} : { paused: after.paused }),
    ...(isSame(before.settings, after.settings) ? {} : { settings: after.settings }),
  }
}

/** Changes that both sides made to the same setting. */
export function clashes(mine: readonly Difference[], theirs: readonly Difference[]): string[] {
  const changed = new Set(theirs.map(({ path }) => fieldId(path)))
  return mine.map(({ path }) => fieldId(path)).filter((id) => changed.has(id))
}

/** "policy · target" */
export function nameOf(path: readonly string[]): string {
  const [head, ...rest] = path
  const names = head === 'settings' ? rest : path
  return names.length > 0 ? names.join(' · ').replaceAll('_', ' ') : t`settings`
}

export function inWords(value: Json | undefined): string {
  if (value === undefined) return t`as it was started`
  if (value === null) return t`nothing`
  if (typeof value === 'boolean') return value ? t`yes` : t`no`
  if (isObject(value) && Object.keys(value).length === 0) return t`as it was started`
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value)
}
