/** What the gateway says of meta-learning: `GET /meta`; a `trial` event says that it has changed. */
import type { Schemas } from './schema'

/** One stream of a domain: what it taught, and what it was told. */
export type LearningStream = Schemas['StreamLearned']
export type Domain = Schemas['DomainModel']
export type TrialAction = Schemas['TrialAction']
export type TrialStage = Schemas['TrialStage']
/** A decision about another half-life of a stream's engine; 0 steps is for ever. */
export type Trial = Schemas['TrialJudgedModel']
export type MetaLearning = Schemas['LearningModel']
