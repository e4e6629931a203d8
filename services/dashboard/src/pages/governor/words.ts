/** The governor's words. Pure. */
import type { Decision, Level } from '../../api/governor'
import type { Tone } from '../../ui/small'

export const RULES: Record<string, string> = {
  cut: 'the load is above the target',
  hold: 'it is below, but a cut was a moment ago',
  raise: 'some of what was cut is given back',
  keep: 'the load is where it is wanted, or nothing is cut',
  pause: 'memory is nearly used up',
  ineffective: 'a cut has changed nothing: down to the floor',
  safe: 'nothing can be measured',
}

/** A sign for each rule, so that a list can be scanned without reading. */
export const GLYPHS: Record<string, string> = {
  cut: '↓',
  hold: '=',
  raise: '↑',
  keep: '·',
  pause: '‖',
  ineffective: '⇊',
  safe: '?',
}

export const LEVEL_TONE: Record<Level, Tone> = {
  normal: 'good',
  caution: 'warn',
  throttle: 'warn',
  critical: 'bad',
  pause: 'bad',
}

export function effect(decision: Decision): string {
  const { share, share_before: before } = decision
  if (decision.is_dry_run) return 'dry run: told, and nothing changed'
  if (share === before) return 'no change'
  return share < before ? 'does less' : 'does more'
}
