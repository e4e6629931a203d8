/** What the gateway says of federations: `GET /federation`; a `round` event says that it has changed. */
import type { Schemas } from './schema'

export type Outcome = Schemas['RoundOutcome']
export type PeerJudged = Schemas['PeerJudged']
export type PooledEdge = Schemas['PooledEdge']
export type Privacy = Schemas['PrivacySpent']
export type Round = Schemas['RoundModel']
export type Membership = Schemas['MembershipModel']
export type Federations = Schemas['FederationModel']
