import { describe, expect, it } from 'vitest'
import type { Membership, PooledEdge, Round } from '../src/api/federation'
import { forest, opposite, reach } from '../src/pages/federation/forest'
import {
  byFederation,
  dissent,
  distrusted,
  everybody,
  lastHeard,
  roundsOf,
} from '../src/pages/federation/rounds'
import { keyState, whyLeftOut } from '../src/pages/federation/words'

function pooled(source: string, rest: Partial<PooledEdge> = {}): PooledEdge {
  return {
    source,
    target: 'y',
    lag: 1,
    effect: 0.4,
    se: 0.01,
    expected_low: 0.35,
    expected_high: 0.45,
    i2: 0.1,
    tau2: 0,
    q_value: 1e-9,
    state: 'accepted',
    supports: ['here', 'north'],
    opposes: [],
    own_effect: 0.41,
    own_se: 0.02,
    ...rest,
  }
}

function membership(peer: string, out: string[], rest: Partial<Membership> = {}): Membership {
  const names = ['here', 'mallory', 'north']
  return {
    federation: 'plants',
    peer,
    round: 3,
    mode: 'evidence',
    at: '2026-01-31T12:00:03Z',
    outcome: 'pooled',
    reason: '',
    accepted: 1,
    contested: 0,
    peers: names.map((name) => ({
      peer: name,
      is_used: !out.includes(name),
      reason: out.includes(name) ? 'opposes-own' : '',
      weight: out.includes(name) ? 0 : 0.5,
      rows: 100,
    })),
    text: '',
    subject: 'plant',
    stream: `plant-${peer}`,
    rule: 'trusted',
    quorum: 2,
    late: 0,
    edges: [pooled('a')],
    refused: [],
    standing: [],
    privacy: null,
    ...rest,
  }
}

const here = membership('here', ['mallory'])
const north = membership('north', ['mallory'])
const mallory = membership('mallory', ['here', 'north'], {
  edges: [pooled('a', { effect: -0.4, own_effect: -0.4 })],
})
const all = [here, mallory, north]

describe('who is out of line', () => {
  it('is whom most of the others leave out, not whoever leaves others out', () => {
    expect(distrusted(all)).toEqual(['mallory'])
  })

  it('is nobody where there is one membership, which is not told how many lie', () => {
    expect(distrusted([mallory])).toEqual([])
  })

  it('sees the opposite of what is pooled', () => {
    expect(opposite(forest(here, all, null), 'mallory')).toEqual({ opposite: 1, seen: 1 })
    expect(opposite(forest(here, all, null), 'north')).toEqual({ opposite: 0, seen: 1 })
  })

  it('is against contested edges, by name', () => {
    const edges = [pooled('a', { opposes: ['west'] }), pooled('b', { supports: ['west'] })]

    expect(dissent(edges, 'west')).toEqual({ against: 1, heard: 2 })
    expect(dissent(edges, 'nobody')).toEqual({ against: 0, heard: 0 })
  })
})

describe('the rounds', () => {
  const older: Round = { ...here, round: 2, at: '2026-01-31T12:00:02Z' }
  const without: Round = { ...older, peers: older.peers.filter(({ peer }) => peer !== 'north') }

  it('are those of one membership, newest first, also while the list lags behind', () => {
    expect(roundsOf([older, { ...older, peer: 'north' }], here, 9).map((r) => r.round)).toEqual([
      3, 2,
    ])
    expect(roundsOf([here, older], here, 1)).toHaveLength(1)
  })

  it('say when a peer was last heard', () => {
    expect(lastHeard([without, here], 'north')).toBe(here.at)
    expect(lastHeard([without], 'north')).toBeNull()
  })

  it('name everybody, also who was only refused', () => {
    const refused = [{ peer: 'eve', reason: 'unknown-peer', count: 3 }]

    expect(everybody([here], { ...here, refused })).toEqual(['eve', 'here', 'mallory', 'north'])
  })

  it('belong to federations', () => {
    const other = membership('here', [], { federation: 'wards' })

    expect(byFederation([...all, other]).map(([name, own]) => [name, own.length])).toEqual([
      ['plants', 3],
      ['wards', 1],
    ])
  })
})

describe('the key of a peer', () => {
  it('counts where a statement that it signed was let in', () => {
    expect(keyState('north', here).text).toBe('counts')
    expect(keyState('west', here).tone).toBe('quiet')
  })

  it('is said to be revoked where statements were refused for that', () => {
    const refused = [{ peer: 'north', reason: 'revoked-key', count: 1 }]

    expect(keyState('north', { ...here, refused })).toEqual({ tone: 'bad', text: 'revoked key' })
  })

  it('has nothing to do with other refusals', () => {
    const refused = [{ peer: 'north', reason: 'replayed', count: 1 }]

    expect(keyState('north', { ...here, refused }).text).toBe('counts')
  })
})

describe('the forest', () => {
  it('puts contested edges first, then the strongest', () => {
    const edges = [
      pooled('weak', { effect: 0.1 }),
      pooled('strong', { effect: -0.6 }),
      pooled('odd', { effect: 0.05, state: 'contested' }),
    ]
    const looked = { ...here, edges }

    expect(forest(looked, all, null).map(({ edge }) => edge.source)).toEqual([
      'odd',
      'strong',
      'weak',
    ])
    expect(forest(looked, all, 'contested')).toHaveLength(1)
  })

  it('draws a 95 % interval around what is pooled', () => {
    const [row] = forest(here, all, null)

    expect(row?.interval[0]).toBeCloseTo(0.3804)
    expect(row?.interval[1]).toBeCloseTo(0.4196)
  })

  it('has one axis that holds everything, also what a liar sees', () => {
    const liar = { ...mallory, edges: [pooled('a', { own_effect: -0.7 })] }

    expect(reach(forest(here, [here], null))).toBe(0.5)
    expect(reach(forest(here, [here, liar], null))).toBe(0.8)
  })

  it('tells reasons in words, and such that it does not know as they are', () => {
    expect(whyLeftOut('opposes-own')).toBe('it opposes what this deployment sees itself')
    expect(whyLeftOut('some-new-one')).toBe('some new one')
  })
})
