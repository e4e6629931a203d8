import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../src/api/components'
import {
  boundsInWords,
  draftOf,
  fieldId,
  fields,
  groups,
  labelOf,
  NOTHING,
  read,
} from '../src/pages/components/schema'

/** In the form that the gateway writes it, with one setting of every kind. */
const schema: JsonSchema = {
  type: 'object',
  properties: {
    policy: { anyOf: [{ $ref: '#/$defs/Policy' }, { type: 'null' }], default: null },
    priorities: { anyOf: [{ type: 'object' }, { type: 'null' }], default: null },
    lease_s: {
      anyOf: [{ type: 'number', minimum: 1, maximum: 600 }, { type: 'null' }],
      default: null,
    },
  },
  $defs: {
    Policy: {
      type: 'object',
      properties: {
        target: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.87 },
        enter: {
          type: 'array',
          prefixItems: [
            { type: 'number', exclusiveMinimum: 0, maximum: 1 },
            { type: 'number', exclusiveMinimum: 0, maximum: 1 },
          ],
          default: [0.7, 0.88],
        },
        most_parents: { type: 'integer', minimum: 1, default: 20 },
        dry_run: { type: 'boolean', default: false, description: 'decide, and change nothing' },
        mode: { enum: ['calm', 'quick'], default: 'calm' },
        name: { type: 'string', default: '' },
        tolerances: { $ref: '#/$defs/Tolerances' },
      },
    },
    Tolerances: {
      type: 'object',
      properties: {
        loop_lag: {
          anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'null' }],
          default: 1,
        },
      },
    },
  },
}

const all = fields(schema)
const empty = draftOf({}, all)

const typed = (id: string, text: string) => read({ ...empty, [id]: text }, all, {})

describe('the form of a schema', () => {
  it('has a field for every setting, whatever it is nested in', () => {
    expect(all.map(({ path, kind }) => [fieldId(path), kind])).toEqual([
      ['policy.target', 'number'],
      ['policy.enter', 'numbers'],
      ['policy.most_parents', 'integer'],
      ['policy.dry_run', 'boolean'],
      ['policy.mode', 'choice'],
      ['policy.name', 'text'],
      ['policy.tolerances.loop_lag', 'number'],
      ['priorities', 'json'],
      ['lease_s', 'number'],
    ])
  })

  it('groups them as they are nested', () => {
    expect(groups(all).map(([name, members]) => [name, members.length])).toEqual([
      ['policy', 6],
      ['policy · tolerances', 1],
      ['', 2],
    ])
  })

  it('tells nothing apart from left as it is, but at the top, where they mean the same', () => {
    expect(all.filter(({ nullable }) => nullable).map(({ path }) => fieldId(path))).toEqual([
      'policy.tolerances.loop_lag',
    ])
  })

  it('says bounds and units in words', () => {
    const target = all.find(({ path }) => fieldId(path) === 'policy.target')

    expect(target && boundsInWords(target.bounds)).toBe('more than 0, at most 1')
    expect(labelOf('lease_s')).toBe('lease, seconds')
    expect(labelOf('raise_per_s')).toBe('raise per s')
  })
})

describe('what is typed', () => {
  it('is nothing while every field is empty', () => {
    expect(read(empty, all, {})).toEqual({ settings: {}, problems: {} })
  })

  it('becomes settings of the kinds that the schema asks for', () => {
    const draft = {
      ...empty,
      'policy.target': '0.8',
      'policy.enter': '0.5, 0.9',
      'policy.dry_run': 'true',
      'policy.mode': 'quick',
      'policy.tolerances.loop_lag': NOTHING,
      priorities: '{"mpie": 1}',
    }

    expect(read(draft, all, {}).settings).toEqual({
      policy: {
        target: 0.8,
        enter: [0.5, 0.9],
        dry_run: true,
        mode: 'quick',
        tolerances: { loop_lag: null },
      },
      priorities: { mpie: 1 },
    })
  })

  it('comes back as it was typed', () => {
    const settings = { policy: { target: 0.8, enter: [0.5, 0.9], tolerances: { loop_lag: null } } }

    expect(read(draftOf(settings, all), all, settings)).toEqual({ settings, problems: {} })
  })

  it.each([
    ['policy.target', '0'],
    ['policy.target', '1.01'],
    ['policy.target', 'much'],
    ['policy.most_parents', '1.5'],
    ['policy.enter', '0.5'],
    ['policy.enter', '0.5, 2'],
    ['priorities', '{'],
    ['lease_s', '0.5'],
  ])('%s is not sent as %s', (id, text) => {
    const { settings, problems } = typed(id, text)

    expect(settings).toEqual({})
    expect(problems[id]).toBeTruthy()
  })

  it('leaves alone what the schema does not know', () => {
    expect(read(empty, all, { newer: 1 }).settings).toEqual({ newer: 1 })
  })
})
