/** Who was in which round, and what that says of each peer. Pure; rounds come newest first. */
import type { Membership, PeerJudged, PooledEdge, Round } from '../../api/federation'

export const keyOf = ({ federation, peer }: Pick<Round, 'federation' | 'peer'>): string =>
  `${federation}/${peer}`

/** The rounds that a membership judged, newest first. */
export function roundsOf(rounds: readonly Round[], membership: Membership, most: number): Round[] {
  const own = rounds.filter((round) => keyOf(round) === keyOf(membership))
  const known = own.some((round) => round.at === membership.at) ? own : [membership, ...own]
  return known.slice(0, most)
}

/** Everybody that any of the rounds or the refusals names, by name. */
export function everybody(rounds: readonly Round[], { refused }: Membership): string[] {
  const names = rounds.flatMap(({ peers }) => peers.map(({ peer }) => peer))
  return [...new Set([...names, ...refused.map(({ peer }) => peer)])].sort()
}

export function judged(round: Round, peer: string): PeerJudged | null {
  return round.peers.find((one) => one.peer === peer) ?? null
}

/** When a statement of a peer was last let in. */
export function lastHeard(rounds: readonly Round[], peer: string): string | null {
  return rounds.find((round) => judged(round, peer))?.at ?? null
}

/** Memberships by federation, each by name. */
export function byFederation(all: readonly Membership[]): [string, Membership[]][] {
  const found = new Map<string, Membership[]>()
  for (const each of all) {
    found.set(each.federation, [...(found.get(each.federation) ?? []), each])
  }
  return [...found]
}

export const leftOut = ({ peers }: Round): PeerJudged[] => peers.filter(({ is_used }) => !is_used)

/** One membership alone may be the one that is odd. */
const FEWEST_VOICES = 2

/** Peers that more than half of the other memberships here leave out: they agree on who is odd. */
export function distrusted(memberships: readonly Membership[]): string[] {
  const names = new Set(memberships.flatMap(({ peers }) => peers.map(({ peer }) => peer)))
  return [...names].filter((name) => {
    const others = memberships.filter(({ peer, peers }) => peer !== name && peers.length > 0)
    const against = others.filter((one) => leftOut(one).some(({ peer }) => peer === name))
    return others.length >= FEWEST_VOICES && against.length > others.length / 2
  })
}

/** How many edges a peer is against, of those that it is heard on. */
export function dissent(edges: readonly PooledEdge[], peer: string) {
  const against = edges.filter(({ opposes }) => opposes.includes(peer)).length
  const heard = edges.filter(({ supports }) => supports.includes(peer)).length + against
  return { against, heard }
}
