import { describe, expect, it } from 'vitest'
import type { StreamDetail } from '../src/api/client'
import type { GovernedInstance } from '../src/api/governor'
import type { DeadLetter } from '../src/api/letters'
import * as reduce from '../src/live/reduce'
import { change, component, instance, stream, variable } from './examples'

const page = <T>(items: T[]) => ({ items, next: null })

const letter: DeadLetter = {
  id: 'd1',
  origin_topic: 'scarcity.v1.raw',
  partition: 0,
  offset: 7,
  reason: 'broken-json',
  message: 'no JSON',
  at: '2026-01-31T12:00:00Z',
  key: 'plant',
  component: 'stream_manager',
  bytes: 1,
  preview: null,
  trace_id: null,
  replays: [],
}

describe('a live event', () => {
  it('replaces the stream it is about, in its place', () => {
    const before = page([stream('a'), stream('b')])

    const after = reduce.withStream(before, stream('a', { records: 700 }))

    expect(after?.items.map((s) => [s.id, s.records])).toEqual([
      ['a', 700],
      ['b', 640],
    ])
  })

  it('adds a stream that is new', () => {
    expect(reduce.withStream(page([stream('a')]), stream('b'))?.items).toHaveLength(2)
  })

  it('takes a forgotten stream away, and no other', () => {
    const after = reduce.withoutStream(page([stream('a'), stream('b')]), 'a')

    expect(after?.items.map((s) => s.id)).toEqual(['b'])
  })

  it('never invents a list that was not fetched', () => {
    expect(reduce.withStream(undefined, stream('a'))).toBeUndefined()
    expect(reduce.withoutStream(undefined, 'a')).toBeUndefined()
    expect(reduce.withChange(undefined, change('c1'))).toBeUndefined()
    expect(reduce.withComponent(undefined, component('mpie'))).toBeUndefined()
    expect(reduce.withDeadLetter(undefined, letter)).toBeUndefined()
  })

  it('keeps what only the detail of a stream knows', () => {
    const truth = [{ source: 'x0', target: 'x1', lag: 1 }]
    const detail: StreamDetail = {
      ...stream('a'),
      variable_details: [variable('x0')],
      totals: { records: 640, cells: 1280, missing: 0, out_of_range: 0 },
      truth_edges: truth,
      accuracy: null,
    }

    const after = reduce.withSummary(detail, stream('a', { records: 700 }))

    expect(after).toMatchObject({ records: 700, truth_edges: truth })
    expect(after?.variable_details).toHaveLength(1)
  })

  it('is told once, though a resumed feed may repeat it', () => {
    const once = reduce.withChange(page([change('c1')]), change('c2'))
    const twice = reduce.withChange(once, change('c2'))

    expect(twice?.items.map((c) => c.id)).toEqual(['c2', 'c1'])
  })

  it('counts a dead letter under its reason, once', () => {
    const before = {
      items: [],
      counts: { 'broken-json': 2 },
      origins: {},
      sent: { 'broken-json': 2 },
      unsent: {},
      next: null,
    }

    const once = reduce.withDeadLetter(before, letter)
    const twice = reduce.withDeadLetter(once, letter)

    expect(twice?.counts).toEqual({ 'broken-json': 3 })
    expect(twice?.origins).toEqual({ 'scarcity.v1.raw': 1 })
    expect(twice).toMatchObject({ sent: { 'broken-json': 2 }, unsent: { 'broken-json': 1 } })
    expect(twice?.items).toHaveLength(1)
  })

  it('updates the counts of its stream alone', () => {
    const notice = { stream: 'a', version: 2, rows: 700, windows: 11, edges: 5 }

    const after = reduce.withGraphNotice(page([stream('a'), stream('b')]), notice)

    expect(after?.items.map((s) => [s.edges, s.windows])).toEqual([
      [5, 11],
      [1, 10],
    ])
  })

  it('leaves a bounded history of rates, the newest last', () => {
    let history: reduce.RateHistory = {}
    for (let rate = 0; rate < 500; rate += 1) history = reduce.withRate(history, 'a', rate)

    expect(history.a?.at(-1)).toBe(499)
    expect(history.a?.length).toBeLessThan(200)
  })
})

describe('what is told of components and resources', () => {
  const wish = { enabled: true, paused: false, settings: {} }
  const command = {
    id: 'c1',
    component: 'mpie',
    by: 'me',
    at: '2026-01-31T12:00:00Z',
    refused: null,
    version: 1,
    before: wish,
    after: { ...wish, paused: true },
  }
  const wanted = { ...wish, version: 0, by: null, at: null }
  const detail = {
    ...component('mpie'),
    wanted,
    schema: { type: 'object' },
    pausable: true,
    in_force: null,
    commands: [],
  }

  it('keeps the schema and the commands, which only the detail knows', () => {
    const after = reduce.withStatus(
      detail,
      component('mpie', { status: 'paused', wanted: { ...wanted, paused: true, version: 1 } }),
    )

    expect(after).toMatchObject({ status: 'paused', schema: { type: 'object' }, commands: [] })
    expect(after?.wanted.version).toBe(1)
  })

  it('tells when instances work otherwise, and not when they have only handled more', () => {
    const one = component('mpie', { instances: [instance('a', { handled: 9 })] })
    const later = component('mpie', { instances: [instance('a', { handled: 10 })] })
    const obeying = component('mpie', { instances: [instance('a', { configured: 1 })] })
    const two = component('mpie', { instances: [instance('b'), instance('a')] })

    expect(reduce.worksOtherwise(one, later)).toBe(false)
    expect(reduce.worksOtherwise(one, obeying)).toBe(true)
    expect(reduce.worksOtherwise(one, two)).toBe(true)
    const turned = component('mpie', { instances: [instance('a'), instance('b')] })
    expect(reduce.worksOtherwise(two, turned)).toBe(false)
  })

  it('puts a command before the others, once', () => {
    const once = reduce.withCommand(detail, command)

    expect(once?.commands).toEqual([command])
    expect(reduce.withCommand(once, command)).toBe(once)
    expect(reduce.withCommand(undefined, command)).toBeUndefined()
  })

  it('remembers memory as it comes, and the same moment once', () => {
    const sampled = (at: string, used: number | null) =>
      [{ id: 'a', at, sample: { memory_used: used } }] as unknown as GovernedInstance[]
    const first = reduce.withMemory({}, sampled('2026-01-31T12:00:00Z', 1))
    const again = reduce.withMemory(first, sampled('2026-01-31T12:00:00Z', 1))
    const unknown = reduce.withMemory(again, sampled('2026-01-31T12:00:01Z', null))
    const later = reduce.withMemory(unknown, sampled('2026-01-31T12:00:02Z', 2))

    expect(later.a?.map(({ used }) => used)).toEqual([1, 2])
  })

  it('forgets the memory of an instance that is gone', () => {
    expect(reduce.withMemory({ gone: [{ at: 1, used: 1 }] }, [])).toEqual({})
  })
})
