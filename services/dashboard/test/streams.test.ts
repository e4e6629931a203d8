import { describe, expect, it } from 'vitest'
import { asJson, merged, renamed, viewsIn, withView } from '../src/app/saved'
import {
  beginsEpoch,
  type Draft,
  differences,
  draftOf,
  EMPTY,
  gatewayProblems,
  newVariable,
  read,
} from '../src/pages/streams/define/definition'
import { curlLine } from '../src/pages/streams/HowToSend'
import { listed, readListing, sortBy } from '../src/pages/streams/listing'
import { schemas, streamDetails } from './defined'
import { stream } from './examples'

const listing = (query = '') => readListing(new URLSearchParams(query))

describe('the list of streams', () => {
  const all = [
    stream('line-10', { rate: 2, variables: ['heat'], late: 1 }),
    stream('line-2', { rate: 9, state: 'paused', domain: 'boilers' }),
    stream('hall', { rate: 2, flaws: { infinite: 3 } }),
  ]
  const names = (query: string) => listed(all, listing(query)).map(({ id }) => id)

  it('is in the order of the address, and of names where that says nothing', () => {
    expect(names('')).toEqual(['hall', 'line-2', 'line-10'])
    expect(names('sort=-rate')).toEqual(['line-2', 'hall', 'line-10'])
    expect(names('sort=nonsense')).toEqual(names(''))
  })

  it('finds by name, domain and variable, and by what is wrong', () => {
    expect(names('q=LINE')).toEqual(['line-2', 'line-10'])
    expect(names('q=boil')).toEqual(['line-2'])
    expect(names('q=heat')).toEqual(['line-10'])
    expect(names('state=paused')).toEqual(['line-2'])
    expect(names('flawed=1')).toEqual(['hall', 'line-10'])
  })

  it('turns round on a second press, and leaves the usual order out of the address', () => {
    expect(sortBy(listing(), 'rate')).toBe('-rate')
    expect(sortBy(listing('sort=-rate'), 'rate')).toBe('rate')
    expect(sortBy(listing('sort=-name'), 'name')).toBe('')
  })
})

it('a line for a shell goes to the address that the page came from', () => {
  expect(curlLine('https://here', 'plant')).toContain('https://here/api/v1/streams/plant/records')
})

describe('a definition', () => {
  const before = streamDetails()
  const base = draftOf(before)
  const changed = (change: Partial<Draft>): Draft => ({ ...base, ...change })
  const windowed = (change: Partial<Draft['window']>) =>
    changed({ window: { ...base.window, ...change } })
  const variables = (change: object) =>
    changed({ variables: [{ ...base.variables[0], ...change } as Draft['variables'][0]] })

  it('means what it was read from, as long as nothing is typed', () => {
    const { definition, problems } = read(base, schemas, before)

    expect(problems).toEqual({})
    expect(definition).toEqual({
      domain: 'boilers',
      window: { kind: 'time', size: 64, lateness_s: 5, cadence_s: 1 },
      variables: [
        { name: 'heat', unit: '°C', kind: 'numeric', resample: 'mean', low: -40, high: 120 },
      ],
      reference_edges: [{ source: 'heat', target: 'heat', lag: 1 }],
    })
    expect(differences(base, base)).toEqual([])
    expect(beginsEpoch(base, base)).toBe(false)
  })

  it('is kept within the bounds of the gateway, and within its own', () => {
    const problems = (draft: Draft) => Object.keys(read(draft, schemas, before).problems)
    expect(problems(windowed({ size: '7' }))).toEqual(['window.size'])
    expect(problems(windowed({ size: '' }))).toEqual(['window.size'])
    expect(problems(windowed({ hop: '65' }))).toEqual(['window.hop'])
    expect(problems(windowed({ session_gap_s: '1' }))).toEqual(['window.session_gap_s'])
    expect(problems(variables({ name: ' ' }))).toEqual(['variables.0.name'])
    expect(problems(variables({ low: '200' }))).toEqual(['variables.0.high'])
    expect(problems(variables({ low: 'low' }))).toEqual(['variables.0.low'])
    expect(problems(variables({ unit: 'x'.repeat(65) }))).toEqual(['variables.0.unit'])
    const twice = changed({ variables: [newVariable('heat'), newVariable('heat ')] })
    expect(problems(twice)).toEqual(['variables.0.name', 'variables.1.name'])
    expect(problems(changed({ variables: [] }))).toEqual(['variables'])
  })

  it('leaves variables that nobody names to the records', () => {
    expect(read({ ...EMPTY, domain: ' x ' }, schemas, null).definition).toEqual({
      domain: 'x',
      window: { kind: 'count', size: 256, lateness_s: 0 },
      variables: [],
      reference_edges: [],
    })
  })

  it('begins an epoch where windows would be cut otherwise, as the Stream Manager has it', () => {
    expect(beginsEpoch(base, windowed({ size: '32' }))).toBe(true)
    // A cadence that was read off the records holds.
    expect(beginsEpoch(base, windowed({ cadence_s: '' }))).toBe(false)
    expect(beginsEpoch(base, windowed({ cadence_s: '2' }))).toBe(true)
    expect(beginsEpoch(base, variables({ high: '' }))).toBe(false)
    expect(beginsEpoch(base, variables({ unit: 'K' }))).toBe(true)
    expect(beginsEpoch(base, variables({ resample: 'last' }))).toBe(true)
    expect(beginsEpoch(base, changed({ domain: 'other' }))).toBe(false)
    expect(beginsEpoch(base, changed({ isInferred: true }))).toBe(false)
  })

  it('says what changes, thing by thing', () => {
    const found = differences(base, {
      ...windowed({ hop: '8' }),
      variables: [newVariable('power')],
    })
    expect(found).toEqual([
      { what: 'windows: hop, steps', before: 'the size', after: '8' },
      { what: 'power', before: 'not there', after: 'numeric, last' },
      { what: 'heat', before: 'numeric, °C, mean, -40 to 120', after: 'not there' },
    ])
  })

  it('shows what the gateway finds wrong at its field', () => {
    const problem = { type: 'urn:x', title: 'x', status: 422, detail: 'all of it' }
    const errors = [{ at: 'body/variables/0/name', message: 'too long' }]
    expect(gatewayProblems({ ...problem, errors } as typeof problem)).toEqual({
      'variables.0.name': 'too long',
    })
    expect(gatewayProblems(problem)).toEqual({ '': 'all of it' })
  })
})

describe('saved views', () => {
  const views = [
    { name: 'a', address: '/streams?sort=-rate' },
    { name: 'b', address: '/events' },
  ]

  it('come back from a file as they went into it', () => {
    expect(viewsIn(asJson(views))).toEqual(views)
  })

  it('lead nowhere but into this dashboard', () => {
    const bad = [
      { name: 'x', address: 'https://elsewhere' },
      { name: 'y', address: '//elsewhere' },
      { name: 'z', address: '/\\elsewhere' },
      { name: '', address: '/' },
      null,
      { name: 'good', address: '/events', more: 1 },
    ]
    expect(viewsIn(JSON.stringify(bad))).toEqual([{ name: 'good', address: '/events' }])
    expect(viewsIn('{}')).toBeNull()
    expect(viewsIn('no JSON')).toBeNull()
    expect(viewsIn(null)).toBeNull()
  })

  it('have a name each', () => {
    expect(withView(views, { name: 'b', address: '/traces' })).toEqual([
      views[0],
      { name: 'b', address: '/traces' },
    ])
    expect(renamed(views, 'a', ' b ')).toEqual([{ name: 'b', address: '/streams?sort=-rate' }])
    expect(renamed(views, 'a', '  ')).toEqual(views)
    expect(merged(views, [{ name: 'c', address: '/' }])).toHaveLength(3)
  })
})
