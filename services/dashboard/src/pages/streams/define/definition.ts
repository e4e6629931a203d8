/**
 * What a stream is said to be, as a form has it: what was typed, what it means, what it changes.
 * Bounds and choices are those of the gateway's own document. Pure.
 */

import { t } from '@lingui/core/macro'
import type { Json, JsonSchema } from '../../../api/components'
import type { Problem } from '../../../api/problems'
import type {
  Definition,
  DefinitionSchemas,
  StreamDetails,
  Variable,
  WindowPolicy,
} from '../../../api/streams'
import type { Changed } from '../../../ui/BeforeAfter'
import { type Field, fields, parse } from '../../components/schema'

/** A variable as it is typed; '' is not said. */
export interface VariableDraft {
  /** Which it is, while its name is typed. */
  key: number
  name: string
  unit: string
  kind: string
  resample: string
  low: string
  high: string
}

export type WindowName = keyof WindowPolicy
export const WINDOW: readonly WindowName[] = [
  'kind',
  'size',
  'hop',
  'cadence_s',
  'lateness_s',
  'session_gap_s',
]

export interface Draft {
  domain: string
  window: Record<WindowName, string>
  /** Whether the variables are left to be read off the records. */
  isInferred: boolean
  variables: VariableDraft[]
}

/** By the place of a field: 'window.size', 'variables.0.name', 'domain'. */
export type Problems = Record<string, string>

const PLAIN_WINDOW: Record<WindowName, string> = {
  kind: 'count',
  size: '256',
  lateness_s: '0',
  cadence_s: '',
  hop: '',
  session_gap_s: '',
}

export const EMPTY: Draft = { domain: '', window: PLAIN_WINDOW, isInferred: true, variables: [] }

let keys = 0
export function newVariable(name = ''): VariableDraft {
  keys += 1
  return { key: keys, name, unit: '', kind: 'numeric', resample: 'last', low: '', high: '' }
}

const written = (value: number | string | null | undefined): string =>
  value === null || value === undefined ? '' : String(value)

export function draftOf({ domain, window, origin, variable_details }: StreamDetails): Draft {
  const isInferred = origin !== 'explicit' || variable_details.length === 0
  const policy = Object.fromEntries(WINDOW.map((name) => [name, written(window?.[name])]))
  return {
    domain,
    window: window ? (policy as Record<WindowName, string>) : PLAIN_WINDOW,
    isInferred,
    variables: variable_details.map(({ name, unit, kind, resample, low, high }) => ({
      ...newVariable(name),
      unit,
      kind,
      resample,
      low: written(low),
      high: written(high),
    })),
  }
}

const fieldsOf = ({ properties }: JsonSchema): Map<string, Field> =>
  new Map(fields({ properties: properties ?? {} }).map((field) => [field.path[0] ?? '', field]))

interface Reading {
  definition: Definition
  problems: Problems
}

/** Reads typed texts by their schema; what is empty is left out. */
function readMembers(
  texts: Record<string, string>,
  schema: JsonSchema,
  place: string,
): [Record<string, Json>, Problems] {
  const values: Record<string, Json> = {}
  const problems: Problems = {}
  const known = fieldsOf(schema)
  for (const [name, text] of Object.entries(texts)) {
    const field = known.get(name)
    if (!field || text.trim() === '') continue
    const parsed = parse(text.trim(), field)
    if ('value' in parsed) values[name] = parsed.value
    else problems[`${place}.${name}`] = parsed.problem
  }
  return [values, problems]
}

function lengthFault(text: string, schema: JsonSchema | undefined): string | null {
  const { maxLength } = (schema ?? {}) as { maxLength?: number }
  return maxLength !== undefined && text.length > maxLength
    ? t`at most ${maxLength} characters`
    : null
}

function variableProblems(
  { name, unit, low, high }: VariableDraft,
  at: number,
  others: readonly VariableDraft[],
  { properties }: JsonSchema,
): Problems {
  const problems: Problems = {}
  const nameFault = lengthFault(name, properties?.name)
  const unitFault = lengthFault(unit, properties?.unit)
  const isTwice = others.filter((other) => other.name.trim() === name.trim()).length > 1
  if (name.trim() === '') problems[`variables.${at}.name`] = t`a variable needs a name`
  else if (isTwice) problems[`variables.${at}.name`] = t`another is called so, too`
  else if (nameFault) problems[`variables.${at}.name`] = nameFault
  if (unitFault) problems[`variables.${at}.unit`] = unitFault
  if (low !== '' && high !== '' && Number(low) > Number(high)) {
    problems[`variables.${at}.high`] = t`below the lower end`
  }
  return problems
}

function windowProblems(window: Record<WindowName, string>): Problems {
  const problems: Problems = {}
  const { kind, size, hop, cadence_s: cadence, session_gap_s: gap } = window
  if (size.trim() === '') problems['window.size'] = t`a window needs a size`
  if (hop !== '' && Number(hop) > Number(size)) problems['window.hop'] = t`at most the size`
  if (kind === 'time' && gap !== '' && cadence !== '' && Number(gap) < 2 * Number(cadence)) {
    problems['window.session_gap_s'] = t`at least twice the cadence`
  }
  return problems
}

/** What a draft means, with what is wrong at each field. */
export function read(
  draft: Draft,
  schemas: DefinitionSchemas,
  before: StreamDetails | null,
): Reading {
  const [window, wrongWindow] = readMembers(draft.window, schemas.window, 'window')
  let problems: Problems = { ...windowProblems(draft.window), ...wrongWindow }
  const named = draft.isInferred ? [] : draft.variables
  const variables = named.map((variable, at): Variable => {
    const { key: _, name, unit, ...rest } = variable
    const [values, wrong] = readMembers(rest, schemas.variable, `variables.${at}`)
    problems = { ...problems, ...variableProblems(variable, at, named, schemas.variable), ...wrong }
    return { name: name.trim(), unit: unit.trim(), ...values }
  })
  if (!draft.isInferred && named.length === 0) problems.variables = t`name at least one`
  if (draft.domain.length > 200) problems.domain = t`at most ${200} characters`
  const definition: Definition = {
    variables,
    window: window as WindowPolicy,
    domain: draft.domain.trim(),
    // What is not in the form stays as it is.
    reference_edges: before?.truth_edges ?? [],
  }
  return { definition, problems }
}

export const windowName = (name: WindowName): string =>
  ({
    kind: t`cut by`,
    size: t`size, steps`,
    hop: t`hop, steps`,
    cadence_s: t`cadence, seconds`,
    lateness_s: t`lateness, seconds`,
    session_gap_s: t`session gap, seconds`,
  })[name]

const windowUnsaid = (name: WindowName): string =>
  ({
    kind: '',
    size: '',
    hop: t`the size`,
    cadence_s: t`as the records have it`,
    lateness_s: '0',
    session_gap_s: t`none`,
  })[name]

/** A variable in a few words: "numeric, kPa, last, 0 to 10". */
export function variableInWords({ unit, kind, resample, low, high }: VariableDraft): string {
  const from = low === '' ? t`no lower end` : low
  const to = high === '' ? t`no upper end` : high
  const range = low === '' && high === '' ? '' : t`${from} to ${to}`
  return [kind, unit, resample, range].filter(Boolean).join(', ')
}

/** What a draft changes, thing by thing. */
export function differences(before: Draft, after: Draft): Changed[] {
  const found: Changed[] = []
  const compare = (what: string, was: string, is: string) => {
    if (was !== is) found.push({ what, before: was, after: is })
  }
  compare(t`domain`, before.domain || t`none`, after.domain.trim() || t`none`)
  for (const name of WINDOW) {
    const said = (draft: Draft) => draft.window[name].trim() || windowUnsaid(name)
    compare(t`windows: ${windowName(name)}`, said(before), said(after))
  }
  const whose = ({ isInferred }: Draft) => (isInferred ? t`read off the records` : t`as named here`)
  compare(t`variables`, whose(before), whose(after))
  if (after.isInferred) return found
  const was = new Map(before.variables.map((variable) => [variable.name, variable]))
  const is = new Map(after.variables.map((variable) => [variable.name.trim(), variable]))
  for (const [name, variable] of is) {
    const old = was.get(name)
    compare(name, old ? variableInWords(old) : t`not there`, variableInWords(variable))
  }
  for (const [name, variable] of was) {
    if (!is.has(name)) compare(name, variableInWords(variable), t`not there`)
  }
  return found
}

const columnsOf = ({ variables }: Draft): VariableDraft[] =>
  variables.filter(({ kind }) => kind !== 'categorical')

/** Whether another definition cuts windows otherwise, so that a new epoch begins. */
export function beginsEpoch(before: Draft, after: Draft): boolean {
  // A cadence that was read off the records holds.
  const isSameCadence = (name: WindowName) =>
    name === 'cadence_s' && before.window.kind === 'time' && after.window.cadence_s === ''
  const isCutOtherwise = WINDOW.some(
    (name) => before.window[name] !== after.window[name].trim() && !isSameCadence(name),
  )
  if (isCutOtherwise) return true
  if (after.isInferred || before.variables.length === 0) return false
  const [old, now] = [columnsOf(before), columnsOf(after)]
  if (old.length !== now.length) return true
  return now.some((variable, i) => {
    const was = old[i]
    if (!was || was.name !== variable.name.trim() || was.resample !== variable.resample) return true
    return was.unit !== '' && was.unit !== variable.unit.trim()
  })
}

/** What the gateway found wrong, at the fields that it is about; '' is about none of them. */
export function gatewayProblems(problem: Problem): Problems {
  const { errors } = problem as Problem & { errors?: { at: string; message: string }[] }
  if (!errors?.length) return { '': problem.detail }
  const named = errors.map(({ at, message }) => [at.split('/').slice(1).join('.'), message])
  return Object.fromEntries(named)
}
