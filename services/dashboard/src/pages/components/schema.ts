/**
 * From the JSON Schema of a component's settings to the fields of a form, and from what was typed
 * back to settings. Pure.
 *
 * Settings are all that is to differ from how a component was started, so every field may be left
 * empty, and then is not in them at all.
 */
import { t } from '@lingui/core/macro'
import type { Json, JsonObject, JsonSchema } from '../../api/components'

export type FieldKind = 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'numbers' | 'json'

export interface Bounds {
  least: number | null
  most: number | null
  /** Whether the bound itself is out. */
  above: boolean
  below: boolean
}

export interface Field {
  path: string[]
  kind: FieldKind
  label: string
  help: string
  /** May be said to be nothing, which is something else than leaving it as it is. */
  nullable: boolean
  /** What is built in; null where there is nothing. */
  builtIn: Json
  bounds: Bounds
  choices: Json[]
  /** Of a fixed list of numbers. */
  length: number
}

/** What stands in the inputs, by `fieldId`: '' is left as it is. */
export type Draft = Record<string, string>

export const NOTHING = 'null'

export const fieldId = (path: readonly string[]): string => path.join('.')

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A schema without references and without "or null". */
export function resolved(schema: JsonSchema, root: JsonSchema) {
  const options = schema.anyOf ?? [schema]
  const some = options.find((option) => option.type !== 'null') ?? schema
  const name = some.$ref?.replace('#/$defs/', '')
  const target = name ? (root.$defs?.[name] ?? some) : some
  const { anyOf: _, $ref: __, ...own } = schema
  return {
    schema: { ...target, ...own } as JsonSchema,
    nullable: options.some((option) => option.type === 'null'),
  }
}

const PLAIN_KINDS: Record<string, FieldKind> = {
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  string: 'text',
}

function kindOf(schema: JsonSchema): FieldKind {
  if (schema.enum) return 'choice'
  if (schema.prefixItems?.every((item) => item.type === 'number')) return 'numbers'
  return PLAIN_KINDS[schema.type ?? ''] ?? 'json'
}

function boundsOf(schema: JsonSchema): Bounds {
  return {
    least: schema.minimum ?? schema.exclusiveMinimum ?? null,
    most: schema.maximum ?? schema.exclusiveMaximum ?? null,
    above: schema.minimum === undefined && schema.exclusiveMinimum !== undefined,
    below: schema.maximum === undefined && schema.exclusiveMaximum !== undefined,
  }
}

/** "raise_per_s" is "raise per s": the unit is in the name. */
export function labelOf(name: string): string {
  const seconds = name.endsWith('_s') && !name.endsWith('per_s')
  const words = (seconds ? name.slice(0, -2) : name).replaceAll('_', ' ')
  return seconds ? t`${words}, seconds` : words
}

/** Every setting as a field, depth first; a group is a part of the path. */
export function fields(root: JsonSchema): Field[] {
  return members(root, root, [])
}

function members(schema: JsonSchema, root: JsonSchema, path: string[]): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    fieldsOf(member, root, [...path, name]),
  )
}

function fieldsOf(member: JsonSchema, root: JsonSchema, path: string[]): Field[] {
  const { schema, nullable } = resolved(member, root)
  if (schema.properties) return members(schema, root, path)
  const plain = schema.prefixItems?.[0] ?? schema
  return [
    {
      path,
      kind: kindOf(schema),
      label: labelOf(path.at(-1) ?? ''),
      help: schema.description ?? '',
      // At the top, null and nothing mean the same.
      nullable: nullable && path.length > 1,
      builtIn: schema.default ?? null,
      bounds: boundsOf(plain),
      choices: schema.enum ?? [],
      length: schema.prefixItems?.length ?? 0,
    },
  ]
}

/** Fields in the groups that they are nested in, in order. */
export function groups(all: readonly Field[]): [name: string, fields: Field[]][] {
  const found = new Map<string, Field[]>()
  for (const field of all) {
    const name = field.path.slice(0, -1).map(labelOf).join(' · ')
    found.set(name, [...(found.get(name) ?? []), field])
  }
  return [...found]
}

export function valueAt(settings: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = settings
  for (const name of path) {
    value = isObject(value) ? value[name] : undefined
  }
  return value
}

export function withValue(settings: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path
  if (name === undefined) return settings
  if (rest.length === 0) return { ...settings, [name]: value }
  const inner = settings[name]
  return { ...settings, [name]: withValue(isObject(inner) ? inner : {}, rest, value) }
}

/** A value as an input shows it. */
export function shown(value: Json | undefined, kind: FieldKind): string {
  if (value === undefined) return ''
  if (value === null) return NOTHING
  if (kind === 'numbers' && Array.isArray(value)) return value.join(', ')
  return kind === 'json' ? JSON.stringify(value) : String(value)
}

export function draftOf(settings: JsonObject, all: readonly Field[]): Draft {
  const entries = all.map((field) => {
    const value = valueAt(settings, field.path)
    const unset = value === null && !field.nullable
    return [fieldId(field.path), unset ? '' : shown(value, field.kind)]
  })
  return Object.fromEntries(entries)
}

/** "more than 0, at most 1"; empty where there is no bound. */
export function boundsInWords({ least, most, above, below }: Bounds): string {
  const from = least === null ? '' : above ? t`more than ${least}` : t`at least ${least}`
  const to = most === null ? '' : below ? t`less than ${most}` : t`at most ${most}`
  return [from, to].filter(Boolean).join(', ')
}

function isWithin(value: number, { least, most, above, below }: Bounds): boolean {
  if (least !== null && (above ? value <= least : value < least)) return false
  return most === null || (below ? value < most : value <= most)
}

type Parsed = { value: Json } | { problem: string }

function parseNumber(text: string, field: Field): Parsed {
  const value = Number(text)
  if (!text.trim() || !Number.isFinite(value)) return { problem: t`${text} is no number` }
  if (field.kind === 'integer' && !Number.isInteger(value)) return { problem: t`a whole number` }
  return isWithin(value, field.bounds) ? { value } : { problem: boundsInWords(field.bounds) }
}

function parseNumbers(text: string, field: Field): Parsed {
  const parts = text.split(',').map((part) => parseNumber(part, field))
  const wrong = parts.find((part) => 'problem' in part)
  if (wrong) return wrong
  if (parts.length !== field.length) return { problem: t`${field.length} numbers, by commas` }
  return { value: parts.map((part) => ('value' in part ? part.value : null)) }
}

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    return { problem: t`no JSON` }
  }
}

/** What a typed text means; a problem says what is expected. */
export function parse(text: string, field: Field): Parsed {
  if (text === NOTHING && field.nullable) return { value: null }
  if (field.kind === 'number' || field.kind === 'integer') return parseNumber(text, field)
  if (field.kind === 'numbers') return parseNumbers(text, field)
  if (field.kind === 'boolean') return { value: text === 'true' }
  if (field.kind === 'json') return parseJson(text)
  return { value: field.choices.find((choice) => String(choice) === text) ?? text }
}

export interface Read {
  settings: JsonObject
  /** By `fieldId`. */
  problems: Record<string, string>
}

/** The settings that a draft means. What no field shows stays as it was in `before`. */
export function read(draft: Draft, all: readonly Field[], before: JsonObject): Read {
  let settings = without(before, all)
  const problems: Record<string, string> = {}
  for (const field of all) {
    const text = draft[fieldId(field.path)] ?? ''
    if (text === '') continue
    const parsed = parse(text, field)
    if ('problem' in parsed) problems[fieldId(field.path)] = parsed.problem
    else settings = withValue(settings, field.path, parsed.value)
  }
  return { settings, problems }
}

function without(settings: JsonObject, all: readonly Field[]): JsonObject {
  const known = new Set(all.map(({ path }) => path[0]))
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !known.has(name)))
}
