/** Dead letters: what was refused for ever, why, and what became of it. */
import type { Schemas } from './schema'

export type Encoding = LetterDetails['encoding']
export type Replayed = Schemas['ReplayedModel']
export type DeadLetter = Omit<Schemas['DeadLetterModel'], 'preview'> & {
  /** How it begins; the live feed leaves it out. */
  preview: string | null
}
export type LetterHeader = Schemas['HeaderModel']
export type LetterDetails = Schemas['DeadLetterDetailsModel']
export type LetterPage = Omit<Schemas['DeadLettersModel'], 'items'> & { items: DeadLetter[] }

export interface LetterFilter {
  reason: string | null
  origin: string | null
  key: string | null
  /** RFC 3339. */
  since: string | null
  until: string | null
}

/** What to send instead; what is left out stays as it was. */
export type Edit = Omit<Schemas['ReplayModel'], 'dry_run'>
/** Whether a letter would be accepted now. */
export type Rehearsed = Schemas['RehearsedModel']
export type Sent = Schemas['SentModel']
