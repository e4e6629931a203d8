/** Meta-learning's words. Pure. */
import type { LearningStream, Trial, TrialAction, TrialStage } from '../../api/meta'
import * as format from '../../format'
import type { Tone } from '../../ui/small'

const REASONS: Record<string, string> = {
  'few-rows': 'too few rows for its variables',
  'few-others': 'fewer than three others can teach it',
  'nothing-shared': 'it shares no tested edge with the others',
  unlike: 'its own evidence says that it is like none of them',
  'not-yet': 'its turn has not come yet',
}

export function why(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll('-', ' ')
}

export const OUTCOMES: Record<LearningStream['outcome'], { tone: Tone; text: string }> = {
  offered: { tone: 'good', text: '✓ told something new' },
  kept: { tone: 'good', text: '✓ told, still holds' },
  withdrawn: { tone: 'warn', text: '✕ taken back' },
  nothing: { tone: 'quiet', text: '– told nothing' },
}

export const isTold = ({ outcome }: LearningStream): boolean =>
  outcome === 'offered' || outcome === 'kept'

export const ACTIONS: Record<TrialAction, { tone: Tone; text: string }> = {
  refuse: { tone: 'warn', text: '✕ refused' },
  begin: { tone: 'quiet', text: '▸ begun' },
  release: { tone: 'warn', text: '◐ speaks, on trial' },
  promote: { tone: 'good', text: '✓ promoted' },
  settle: { tone: 'good', text: '✓ stays' },
  drop: { tone: 'quiet', text: '– dropped' },
  'roll-back': { tone: 'bad', text: '↶ rolled back' },
  withdraw: { tone: 'quiet', text: '– withdrawn' },
}

export const STAGES: Record<TrialStage, string> = {
  idle: 'nothing is tried now',
  shadow: 'foresees in shadow, and changes nothing',
  canary: 'speaks, on trial',
  promoted: 'speaks, no worse for many rows',
  'rolled-back': 'taken back',
  frozen: 'nothing is tried until rollbacks are long ago',
}

/** Steps after which a row counts half. */
export function halfLife(steps: number): string {
  return steps === 0 ? 'for ever' : format.plural(Math.round(steps), 'step')
}

export function forgetting(steps: number): string {
  return steps === 0 ? 'every row counts for ever' : `a row counts half after ${halfLife(steps)}`
}

export function byWhom({ by }: Trial): string {
  return by === 'engine' ? 'its own rows prefer it' : `asked for by ${by.replaceAll('_', ' ')}`
}

/** The newest decision of every stream, by stream. */
export function latest(trials: readonly Trial[]): Trial[] {
  const found = new Map<string, Trial>()
  for (const trial of trials) {
    if (!found.has(trial.stream)) found.set(trial.stream, trial)
  }
  return [...found.values()].sort((a, b) => a.stream.localeCompare(b.stream))
}
