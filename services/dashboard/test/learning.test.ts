import { describe, expect, it } from 'vitest'
import type { Edge } from '../src/api/client'
import type { Trial } from '../src/api/meta'
import { expectation, originName, priorOf, trustInWords } from '../src/graph/imports'
import { drawn, NO_FILTERS } from '../src/graph/model'
import { edgeData } from '../src/graph/shapes'
import { contrary, sharedEdges, told } from '../src/pages/meta/shared'
import { byWhom, forgetting, halfLife, latest } from '../src/pages/meta/words'
import { edge, graph } from './examples'

const prior = {
  origin: 'federation:plants',
  sequence: 1,
  at: '2026-01-31T12:00:00Z',
  provenance: ['north'],
  trust: 0.93,
  rows: 400,
  gain: 12,
}

function expected(origin: string, rest: Partial<Edge> = {}): Edge {
  const said = { origin, effect: 0.25, se: 0.01, q_value: 1e-9 }
  return edge('x0', 'x1', 1, { prior: said, ...rest })
}

describe('belief from elsewhere', () => {
  it('names where it comes from', () => {
    expect(originName('federation:plants')).toBe('peers of plants')
    expect(originName('meta_learning')).toBe('streams of the domain')
  })

  it('says what is expected of an edge, and nothing where nothing is', () => {
    expect(expectation(expected('meta_learning'))).toBe('streams of the domain expect +0.25 ± 0.02')
    expect(expectation(edge('x0', 'x1', 1))).toBeNull()
  })

  it('says how far it is used', () => {
    expect(trustInWords(prior)).toBe('trusted at 93 %')
    expect(trustInWords({ trust: 0, rows: 4000 })).toBe('not used: own data say more')
    expect(trustInWords({ trust: 0, rows: 0 })).toBe('not tried on own rows yet')
  })

  it('is found by its origin', () => {
    const told = { ...graph([]), priors: [prior] }

    expect(priorOf(told, expected('federation:plants'))).toBe(prior)
    expect(priorOf(told, expected('meta_learning'))).toBeNull()
  })

  it('is marked in the drawing, and own data are not', () => {
    const imported = expected('federation:plants', { imported: true })
    const { edges } = drawn(graph([imported, edge('x1', 'x2', 1)]), NO_FILTERS, null)
    const [first, second] = edges.map((each) => edgeData(each, 0))

    expect(first?.classes).toContain('imported')
    expect(first?.data.label).toBe('lag 1 ◇')
    expect(second?.classes).not.toContain('imported')
  })
})

describe('edges in common', () => {
  const graphs = ['a', 'b', 'c'].map((stream, i) => ({
    ...graph([
      edge('x0', 'x1', 1, { effect: i === 2 ? -0.3 : 0.3 }),
      edge('x0', 'x0', 1),
      ...(i === 0 ? [edge('x2', 'x3', 2)] : [edge('x3', 'x2', 1, { imported: i === 1 })]),
    ]),
    stream,
  }))
  const shared = sharedEdges(graphs)

  it('are those of two streams at least, most shared first, and no autocorrelation', () => {
    expect(shared.map(({ source, target, holders }) => [source, target, holders.length])).toEqual([
      ['x0', 'x1', 3],
      ['x3', 'x2', 2],
    ])
  })

  it('show who has the other sign, and what a stream has from others only', () => {
    expect(shared.map(contrary)).toEqual([['c'], []])
    expect(shared[0]?.effect).toBe(0.3)
    expect(shared[1]?.holders.map(({ imported }) => imported)).toEqual([true, false])
  })

  it('tell of a stream only what that origin says', () => {
    const both = graph([expected('meta_learning'), edge('x1', 'x2', 1)])

    expect(told(both, 'meta_learning')).toHaveLength(1)
    expect(told(both, 'federation:plants')).toEqual([])
  })
})

describe('trials', () => {
  const trial = {
    id: 'w1/trial/0',
    at: '2026-01-31T12:00:00Z',
    stream: 'b',
    window_id: 'w1',
    action: 'release',
    stage: 'canary',
    by: 'engine',
    trusted: 0,
    candidate: 300,
    running: 300,
    rows: 100,
    gain: 0.02,
    e_value: 0.5,
    why: '',
    half_lives: [],
  } as const satisfies Trial

  it('say of each stream what was decided last', () => {
    const older = { ...trial, stage: 'shadow' as const }

    expect(
      latest([trial, older, { ...trial, stream: 'a' }]).map((t) => [t.stream, t.stage]),
    ).toEqual([
      ['a', 'canary'],
      ['b', 'canary'],
    ])
  })

  it('tell a half-life of 0 as what it means', () => {
    expect(halfLife(0)).toBe('for ever')
    expect(halfLife(300)).toBe('300 steps')
    expect(forgetting(0)).toBe('every row counts for ever')
  })

  it('say who wanted it', () => {
    expect(byWhom(trial)).toBe('its own rows prefer it')
    expect(byWhom({ ...trial, by: 'meta_learning' })).toBe('asked for by meta learning')
  })
})
