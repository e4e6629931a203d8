/** The pooled edges as rows of a forest plot on one common axis. Pure. */
import type { Membership, PooledEdge } from '../../api/federation'
import { sameEdge } from '../../graph/model'

const Z = 1.96
const REACHES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10]

/** What another membership of this deployment sees by itself. */
export interface Alone {
  peer: string
  effect: number
  /** Whether the membership that is looked at uses it. */
  isUsed: boolean
}

export interface ForestRow {
  edge: PooledEdge
  /** 95 % interval of the pooled effect. */
  interval: [number, number]
  /** Where a new peer's effect is to be expected. */
  expected: [number, number] | null
  own: number | null
  others: Alone[]
}

export type EdgeState = 'accepted' | 'contested' | 'rejected'
export const EDGE_STATES: readonly EdgeState[] = ['accepted', 'contested', 'rejected']

function othersOf(edge: PooledEdge, looked: Membership, all: readonly Membership[]): Alone[] {
  return all.flatMap((other) => {
    if (other.peer === looked.peer) return []
    const effect = other.edges.find((each) => sameEdge(each, edge))?.own_effect ?? null
    const isUsed = looked.peers.find(({ peer }) => peer === other.peer)?.is_used ?? false
    return effect === null ? [] : [{ peer: other.peer, effect, isUsed }]
  })
}

function row(edge: PooledEdge, looked: Membership, all: readonly Membership[]): ForestRow {
  const { effect, se, expected_low: low, expected_high: high } = edge
  return {
    edge,
    interval: [effect - Z * se, effect + Z * se],
    expected: low === null || high === null ? null : [low, high],
    own: edge.own_effect,
    others: othersOf(edge, looked, all),
  }
}

/** Contested edges first, then by size. `all`: the memberships of the same federation. */
export function forest(
  looked: Membership,
  all: readonly Membership[],
  state: EdgeState | null,
): ForestRow[] {
  const rank = ({ state: of }: PooledEdge) => (of === 'contested' ? 0 : of === 'accepted' ? 1 : 2)
  return looked.edges
    .filter((edge) => edge.state === (state ?? edge.state))
    .toSorted((a, b) => rank(a) - rank(b) || Math.abs(b.effect) - Math.abs(a.effect))
    .map((edge) => row(edge, looked, all))
}

/** Half the width of the axis: the next round number that holds everything drawn. */
export function reach(rows: readonly ForestRow[]): number {
  const drawn = rows.flatMap(({ interval, expected, own, others }) => [
    ...interval,
    ...(expected ?? []),
    ...(own === null ? [] : [own]),
    ...others.map(({ effect }) => effect),
  ])
  const largest = Math.max(...drawn.map(Math.abs), 0)
  return REACHES.find((each) => each >= largest) ?? largest
}

/** On how many of its edges a peer sees the opposite of what is pooled. */
export function opposite(rows: readonly ForestRow[], peer: string) {
  const seen = rows.flatMap(({ edge, others }) =>
    others.filter((o) => o.peer === peer).map((o) => o.effect * edge.effect < 0),
  )
  return { opposite: seen.filter(Boolean).length, seen: seen.length }
}
