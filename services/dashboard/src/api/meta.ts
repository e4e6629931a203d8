/** What the gateway says of meta-learning: `GET /meta`; a `trial` event says that it has changed. */

export interface LearnedFrom {
  stream: string
  /** How much of what is told rests on it, 0 to 1. */
  weight: number
}

/** One stream of a domain: what it taught, and what it was told. */
export interface LearningStream {
  stream: string
  rows: number
  /** Why its evidence does not count for others; empty where it does. */
  unused: string
  outcome: 'offered' | 'kept' | 'withdrawn' | 'nothing'
  /** Why it is told nothing; empty where it is told. */
  reason: string
  /** How probable it is that it is like any of the others. */
  informative: number
  /** That something is said of. */
  edges: number
  /** Of these, how many are likelier there than not. */
  likely: number
  sources: LearnedFrom[]
}

export interface Domain {
  domain: string
  sequence: number
  at: string
  streams: LearningStream[]
}

export type TrialAction =
  | 'refuse'
  | 'begin'
  | 'release'
  | 'promote'
  | 'settle'
  | 'drop'
  | 'roll-back'
  | 'withdraw'

export type TrialStage = 'idle' | 'shadow' | 'canary' | 'promoted' | 'rolled-back' | 'frozen'

/** A decision about another half-life of a stream's engine; 0 steps is for ever. */
export interface Trial {
  id: string
  at: string
  stream: string
  window_id: string
  action: TrialAction
  /** From now on. */
  stage: TrialStage
  /** Who wanted it: `engine`, whose own rows prefer it, or somebody else. */
  by: string
  /** Steps: trusted before, tried, and running from now on. */
  trusted: number
  candidate: number
  running: number
  /** That were foreseen with both. */
  rows: number
  /** Nats a row by which the candidate was ahead. */
  gain: number
  /** How strongly they say that the candidate is worse: by chance it reaches 100 once in 100. */
  e_value: number
  why: string
  /** How far the stream's rows prefer each of them. */
  half_lives: { steps: number; weight: number }[]
}

export interface MetaLearning {
  domains: Domain[]
  /** Newest first. */
  trials: Trial[]
}
