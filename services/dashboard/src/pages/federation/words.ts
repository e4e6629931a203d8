/** A federation's words. Pure. */
import type { Membership, Outcome } from '../../api/federation'
import type { Tone } from '../../ui/small'

/** Why the evidence of a peer is not used. */
const LEFT_OUT: Record<string, string> = {
  'opposes-own': 'it opposes what this deployment sees itself',
  outlier: 'it is too far away from the others',
  clone: 'it repeats another more closely than independent rows can',
  coalition: 'it moves together with others, as independent rows do not',
}

export function whyLeftOut(reason: string): string {
  return LEFT_OUT[reason] ?? reason.replaceAll('-', ' ')
}

/** Why statements are refused. */
const REFUSED: Record<string, string> = {
  oversize: 'over 64 MiB',
  unreadable: 'no statement, or parts that do not fit together',
  'wrong-protocol': 'of another version of the protocol',
  'wrong-federation': 'of another federation',
  'wrong-topic': 'in the topic of another peer',
  'unknown-peer': 'its peer is not on the allow-list',
  'unknown-key': 'its key is not on the allow-list',
  'revoked-key': 'its key was revoked',
  'expired-key': 'its key does not count any more, or not yet',
  'bad-signature': 'not signed by that key, or changed on the way',
  replayed: 'said before',
  'broken-chain': 'does not follow what the peer said last',
  'not-coordinator': 'a round opened or closed by who may not',
  'wrong-round': 'of a round that is not open',
  'wrong-stage': 'of a stage that is not open',
  'wrong-contract': 'about something else than was agreed upon',
  'wrong-shape': 'of another size than was agreed upon',
  'not-finite': 'numbers that are none',
  implausible: 'surer than its rows allow, or out of all bounds',
  'stale-window': 'rests on no more than what the peer said before',
}

export function whyRefused(reason: string): string {
  return REFUSED[reason] ?? reason.replaceAll('-', ' ')
}

const OF_KEYS = ['revoked-key', 'expired-key', 'unknown-key', 'unknown-peer', 'bad-signature']

/** What is known of a peer's key: it counts where a statement was let in by it. */
export function keyState(
  peer: string,
  { peers, refused }: Membership,
): { tone: Tone; text: string } {
  const wrong = OF_KEYS.find((r) => refused.some((one) => one.peer === peer && one.reason === r))
  if (wrong) return { tone: 'bad', text: wrong.replaceAll('-', ' ') }
  const heard = peers.some((one) => one.peer === peer)
  return heard ? { tone: 'good', text: 'counts' } : { tone: 'quiet', text: 'not shown lately' }
}

export const OUTCOMES: Record<Outcome, { tone: Tone; glyph: string; text: string }> = {
  pooled: { tone: 'good', glyph: '●', text: 'pooled' },
  summed: { tone: 'good', glyph: 'Σ', text: 'summed' },
  'too-few': { tone: 'warn', glyph: '○', text: 'too few were let in' },
  'no-own-evidence': { tone: 'quiet', glyph: '–', text: 'nothing of its own to judge by' },
  aborted: { tone: 'bad', glyph: '✕', text: 'given up' },
}

export const MODES: Record<string, string> = {
  evidence: 'evidence: signed statements of each peer, pooled here',
  sealed: 'sealed: only sums over all members become known, with noise',
}

/** How much of what differs between peers is no chance. */
export function heterogeneity(i2: number | null): string {
  if (i2 === null) return 'one peer only'
  if (i2 < 0.25) return 'they agree'
  if (i2 < 0.5) return 'they differ a little'
  return i2 < 0.75 ? 'they differ' : 'they differ much'
}
