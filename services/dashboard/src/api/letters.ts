/** Dead letters: what was refused for ever, why, and what became of it. */

export type Encoding = 'text' | 'base64'

export interface Replayed {
  request: string
  by: string
  at: string
  topic: string
  key: string
  edited: boolean
  /** Why it was not sent; null when it was. */
  refused: string | null
}

export interface DeadLetter {
  id: string
  origin_topic: string
  partition: number
  offset: number
  reason: string
  message: string
  component: string
  at: string
  key: string
  bytes: number
  /** How it begins; the live feed leaves it out. */
  preview: string | null
  trace_id: string | null
  /** Newest first. */
  replays: Replayed[]
}

export interface LetterHeader {
  name: string
  value: string
  encoding: Encoding
}

export interface LetterDetails extends DeadLetter {
  value: string
  encoding: Encoding
  truncated: boolean
  /** Up to 64 KiB of them. */
  headers: LetterHeader[]
  /** Whether there were more of them. */
  headers_truncated: boolean
  replayable: boolean
  why_not: string | null
}

export interface LetterPage {
  items: DeadLetter[]
  next: string | null
  /** Of all there were, by reason. */
  counts: Record<string, number>
  /** Of all there were, by the topic they came from. */
  origins: Record<string, number>
}

export interface LetterFilter {
  reason: string | null
  origin: string | null
  key: string | null
  /** RFC 3339. */
  since: string | null
  until: string | null
}

/** What to send instead; what is left out stays as it was. */
export interface Edit {
  key?: string
  value?: string
  encoding?: Encoding
}

/** Whether a letter would be accepted now. */
export interface Rehearsed {
  accepted: boolean
  reason: string | null
  message: string | null
  /** Variables that would be missing, and why. */
  flaws: Record<string, string>
}

export interface Sent {
  request: string
  by: string
  at: string
  sent: number
  refused: number
  letters: { letter: string; key: string; edited: boolean; refused: string | null }[]
}
