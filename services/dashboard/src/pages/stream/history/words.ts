/** Moments, differences and paths in words. Pure; `now` in milliseconds since the epoch. */
import { i18n } from '@lingui/core'
import { plural, t } from '@lingui/core/macro'
import type { EdgeDifference } from '../../../api/history'
import * as format from '../../../format'
import type { Stop } from './timeline'

export type DifferenceKind = EdgeDifference['change']

/** In the order in which they are told. */
export const KINDS: readonly DifferenceKind[] = [
  'appeared',
  'vanished',
  'flipped',
  'strengthened',
  'weakened',
  'same',
]

export function kindName(kind: DifferenceKind): string {
  const names: Record<DifferenceKind, string> = {
    appeared: t`appeared`,
    vanished: t`vanished`,
    flipped: t`flipped`,
    strengthened: t`stronger`,
    weakened: t`weaker`,
    same: t`the same`,
  }
  return names[kind]
}

export function clock(at: string, now: number): string {
  const [then, today] = [new Date(at), new Date(now)]
  if (then.toDateString() === today.toDateString()) return format.clockTime(at)
  const year = then.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' as const }
  const day = i18n.date(then, { day: 'numeric', month: 'short', ...year })
  return t`${day}, ${format.clockTime(at)}`
}

/** "14:32:05, 12 min ago, 9 edges" */
export function stopInWords(stop: Stop, now: number): string {
  const edges = plural(stop.edges, { one: '# edge', other: '# edges' })
  if (stop.at === null) return t`live, ${edges}`
  return t`${clock(stop.at, now)}, ${format.ago(stop.at, now)}, ${edges}`
}

/** "rain → river at lag 2 appeared (+0.60)" */
export function differenceInWords(edge: EdgeDifference): string {
  const { source, target, lag, change, before, after } = edge
  const [was, is] = [format.signed(before), format.signed(after)]
  switch (change) {
    case 'appeared':
      return t`${source} → ${target} at lag ${lag} appeared (${is})`
    case 'vanished':
      return t`${source} → ${target} at lag ${lag} vanished (it was ${was})`
    case 'flipped':
      return t`${source} → ${target} at lag ${lag} changed its sign (${was} to ${is})`
    case 'strengthened':
      return t`${source} → ${target} at lag ${lag} became stronger (${was} to ${is})`
    case 'weakened':
      return t`${source} → ${target} at lag ${lag} became weaker (${was} to ${is})`
    default:
      return t`${source} → ${target} at lag ${lag} is the same (${is})`
  }
}

/** "2 appeared, 1 vanished; 7 are the same" */
export function countsInWords(counts: Readonly<Record<string, number>>): string {
  const changed = KINDS.filter((kind) => kind !== 'same' && (counts[kind] ?? 0) > 0)
  const told = changed.map((kind) => `${format.count(counts[kind])} ${kindName(kind)}`).join(', ')
  const same = counts.same ?? 0
  const rest = plural(same, { one: '# is the same', other: '# are the same' })
  return told ? t`${told}; ${rest}` : t`Nothing has changed; ${rest}`
}

/** A change of an edge in one word; "now" for what holds now. */
export function changeName(change: DifferenceKind | 'now'): string {
  const names: Record<DifferenceKind | 'now', string> = {
    appeared: t`appeared`,
    vanished: t`vanished`,
    flipped: t`changed its sign`,
    strengthened: t`stronger`,
    weakened: t`weaker`,
    same: t`the same`,
    now: t`now`,
  }
  return names[change]
}
