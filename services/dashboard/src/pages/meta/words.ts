/** Meta-learning's words. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import type { LearningStream, Trial, TrialAction, TrialStage } from '../../api/meta'
import type { Tone } from '../../ui/small'

const REASONS: Record<string, MessageDescriptor> = {
  'few-rows': msg`too few rows for its variables`,
  'few-others': msg`fewer than three others can teach it`,
  'nothing-shared': msg`it shares no tested edge with the others`,
  unlike: msg`its own evidence says that it is like none of them`,
  'not-yet': msg`its turn has not come yet`,
}

export function why(reason: string): string {
  const known = REASONS[reason]
  return known ? i18n._(known) : reason.replaceAll('-', ' ')
}

export const OUTCOMES: Record<LearningStream['outcome'], { tone: Tone; text: MessageDescriptor }> =
  {
    offered: { tone: 'good', text: msg`✓ told something new` },
    kept: { tone: 'good', text: msg`✓ told, still holds` },
    withdrawn: { tone: 'warn', text: msg`✕ taken back` },
    nothing: { tone: 'quiet', text: msg`– told nothing` },
  }

export const isTold = ({ outcome }: LearningStream): boolean =>
  outcome === 'offered' || outcome === 'kept'

export const ACTIONS: Record<TrialAction, { tone: Tone; text: MessageDescriptor }> = {
  refuse: { tone: 'warn', text: msg`✕ refused` },
  begin: { tone: 'quiet', text: msg`▸ begun` },
  release: { tone: 'warn', text: msg`◐ speaks, on trial` },
  promote: { tone: 'good', text: msg`✓ promoted` },
  settle: { tone: 'good', text: msg`✓ stays` },
  drop: { tone: 'quiet', text: msg`– dropped` },
  'roll-back': { tone: 'bad', text: msg`↶ rolled back` },
  withdraw: { tone: 'quiet', text: msg`– withdrawn` },
}

const STAGES: Record<TrialStage, MessageDescriptor> = {
  idle: msg`nothing is tried now`,
  shadow: msg`foresees in shadow, and changes nothing`,
  canary: msg`speaks, on trial`,
  promoted: msg`speaks, no worse for many rows`,
  'rolled-back': msg`taken back`,
  frozen: msg`nothing is tried until rollbacks are long ago`,
}

export const stageInWords = (stage: TrialStage): string => i18n._(STAGES[stage])

/** Steps after which a row counts half. */
export function halfLife(steps: number): string {
  return steps === 0 ? t`for ever` : plural(Math.round(steps), { one: '# step', other: '# steps' })
}

export function forgetting(steps: number): string {
  return steps === 0 ? t`every row counts for ever` : t`a row counts half after ${halfLife(steps)}`
}

export function byWhom({ by }: Trial): string {
  return by === 'engine' ? t`its own rows prefer it` : t`asked for by ${by.replaceAll('_', ' ')}`
}

/** The newest decision of every stream, by stream. */
export function latest(trials: readonly Trial[]): Trial[] {
  const found = new Map<string, Trial>()
  for (const trial of trials) {
    if (!found.has(trial.stream)) found.set(trial.stream, trial)
  }
  return [...found.values()].sort((a, b) => a.stream.localeCompare(b.stream))
}
