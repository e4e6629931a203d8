/** The governor's words. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import type { Decision, Level } from '../../api/governor'
import type { Tone } from '../../ui/small'

const RULES: Record<string, MessageDescriptor> = {
  cut: msg`the load is above the target`,
  hold: msg`it is below, but a cut was a moment ago`,
  raise: msg`some of what was cut is given back`,
  keep: msg`the load is where it is wanted, or nothing is cut`,
  pause: msg`memory is nearly used up`,
  ineffective: msg`a cut has changed nothing: down to the floor`,
  safe: msg`nothing can be measured`,
}

const LEVELS: Record<Level, MessageDescriptor> = {
  normal: msg`normal`,
  caution: msg`caution`,
  throttle: msg`throttle`,
  critical: msg`critical`,
  pause: msg`pause`,
}

export const levelName = (level: Level): string => i18n._(LEVELS[level])

/** What a rule says; empty where it is not known here. */
export function ruleInWords(rule: string): string {
  const known = RULES[rule]
  return known ? i18n._(known) : ''
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
  if (decision.is_dry_run) return t`dry run: told, and nothing changed`
  if (share === before) return t`no change`
  return share < before ? t`does less` : t`does more`
}
