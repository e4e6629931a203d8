/** What the gateway says of federations: `GET /federation`; a `round` event says that it has changed. */

export type Outcome = 'pooled' | 'too-few' | 'no-own-evidence' | 'aborted' | 'summed'

/** A peer in a round, as this deployment sees it. */
export interface PeerJudged {
  peer: string
  is_used: boolean
  /** Why its evidence was not used; empty where it was. */
  reason: string
  /** Its mean share in the effects. */
  weight: number
  rows: number
}

/** What the peers say of an edge, put together; standardised. */
export interface PooledEdge {
  source: string
  target: string
  lag: number
  effect: number
  se: number
  /** Where the effect at a new peer is to be expected, with 95 %. */
  expected_low: number | null
  expected_high: number | null
  /** Share of what is seen between peers that is not chance. */
  i2: number | null
  tau2: number
  q_value: number
  state: 'accepted' | 'contested' | 'rejected' | 'untested'
  supports: string[]
  opposes: string[]
  own_effect: number | null
  own_se: number | null
}

/** Statements of a peer that were not let in, since the start. */
export interface Refused {
  peer: string
  reason: string
  count: number
}

/** What sealed rounds have cost in differential privacy. */
export interface Privacy {
  epsilon_round: number
  epsilon_spent: number
  epsilon_total: number
  delta: number
  /** Sums that the edges rest on. */
  rounds: number
  /** Own rows in this round. */
  rows: number
  rows_needed: number
  /** Why this deployment took no part; empty where it did. */
  withheld: string
  why: string
}

export interface Round {
  federation: string
  /** The membership that judged. */
  peer: string
  round: number
  mode: string
  at: string
  outcome: Outcome
  /** Why it was aborted. */
  reason: string
  accepted: number
  contested: number
  peers: PeerJudged[]
  text: string
}

/** A membership of this deployment, with its newest round in full. */
export interface Membership extends Round {
  subject: string
  stream: string
  rule: string
  quorum: number
  late: number
  edges: PooledEdge[]
  refused: Refused[]
  privacy: Privacy | null
}

export interface Federations {
  memberships: Membership[]
  rounds: Round[]
}
