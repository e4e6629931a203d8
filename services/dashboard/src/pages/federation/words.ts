/** A federation's words. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import type { Membership, Outcome } from '../../api/federation'
import type { Tone } from '../../ui/small'

/** What a code says; a code that is not known here is said as it is. */
function inWords(known: Record<string, MessageDescriptor>, code: string): string {
  const text = known[code]
  return text ? i18n._(text) : code.replaceAll('-', ' ')
}

/** Why the evidence of a peer is not used. */
const LEFT_OUT: Record<string, MessageDescriptor> = {
  'opposes-own': msg`it opposes what this deployment sees itself`,
  outlier: msg`it is too far away from the others`,
  clone: msg`it repeats another more closely than independent rows can`,
  coalition: msg`it moves together with others, as independent rows do not`,
}

export function whyLeftOut(reason: string): string {
  return inWords(LEFT_OUT, reason)
}

/** Why statements are refused. */
const REFUSED: Record<string, MessageDescriptor> = {
  oversize: msg`over 64 MiB`,
  unreadable: msg`no statement, or parts that do not fit together`,
  'wrong-protocol': msg`of another version of the protocol`,
  'wrong-federation': msg`of another federation`,
  'wrong-topic': msg`in the topic of another peer`,
  'unknown-peer': msg`its peer is not on the allow-list`,
  'unknown-key': msg`its key is not on the allow-list`,
  'revoked-key': msg`its key was revoked`,
  'expired-key': msg`its key does not count any more, or not yet`,
  'bad-signature': msg`not signed by that key, or changed on the way`,
  replayed: msg`said before`,
  'broken-chain': msg`does not follow what the peer said last`,
  'not-coordinator': msg`a round opened or closed by who may not`,
  'wrong-round': msg`of a round that is not open`,
  'wrong-stage': msg`of a stage that is not open`,
  'wrong-contract': msg`about something else than was agreed upon`,
  'wrong-shape': msg`of another size than was agreed upon`,
  'not-finite': msg`numbers that are none`,
  implausible: msg`surer than its rows allow, or out of all bounds`,
  'stale-window': msg`rests on no more than what the peer said before`,
}

export function whyRefused(reason: string): string {
  return inWords(REFUSED, reason)
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
  return heard ? { tone: 'good', text: t`counts` } : { tone: 'quiet', text: t`not shown lately` }
}

export const OUTCOMES: Record<Outcome, { tone: Tone; glyph: string; text: MessageDescriptor }> = {
  pooled: { tone: 'good', glyph: '●', text: msg`pooled` },
  summed: { tone: 'good', glyph: 'Σ', text: msg`summed` },
  'too-few': { tone: 'warn', glyph: '○', text: msg`too few were let in` },
  'no-own-evidence': { tone: 'quiet', glyph: '–', text: msg`nothing of its own to judge by` },
  aborted: { tone: 'bad', glyph: '✕', text: msg`given up` },
}

const MODES: Record<string, MessageDescriptor> = {
  evidence: msg`evidence: signed statements of each peer, pooled here`,
  sealed: msg`sealed: only sums over all members become known, with noise`,
}

export const modeInWords = (mode: string): string => inWords(MODES, mode)

/** How much of what differs between peers is no chance. */
export function heterogeneity(i2: number | null): string {
  if (i2 === null) return t`one peer only`
  if (i2 < 0.25) return t`they agree`
  if (i2 < 0.5) return t`they differ a little`
  return i2 < 0.75 ? t`they differ` : t`they differ much`
}
