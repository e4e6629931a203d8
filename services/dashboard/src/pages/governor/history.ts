/** From decisions to the history of a budget. Pure; decisions come newest first. */
import type { Decision, GovernedInstance, Level } from '../../api/governor'
import { LEVELS } from './policy'

/** From `at` (milliseconds since the epoch) on, this share held. */
export interface Step {
  at: number
  share: number
  decision: Decision
}

/** Decisions of one governor, one after the other, by the same rule. */
export interface Run {
  rule: string
  by: string
  from: number
  to: number
  count: number
}

export interface Filter {
  instance: string | null
  rule: string | null
}

export function filtered(decisions: readonly Decision[], { instance, rule }: Filter): Decision[] {
  return decisions.filter(
    (d) => (!instance || d.instance === instance) && (!rule || d.rule === rule),
  )
}

export function rules(decisions: readonly Decision[]): string[] {
  return [...new Set(decisions.map(({ rule }) => rule))].sort()
}

/** What an instance might spend: the smaller of what both governors said last. */
export function steps(decisions: readonly Decision[]): Step[] {
  const said = new Map<string, number>()
  return decisions.toReversed().map((decision) => {
    said.set(decision.by, decision.share)
    return { at: Date.parse(decision.at), share: Math.min(...said.values()), decision }
  })
}

export function runs(decisions: readonly Decision[]): Run[] {
  const found: Run[] = []
  for (const { rule, by, at } of decisions.toReversed()) {
    const last = found.at(-1)
    const time = Date.parse(at)
    if (last && last.rule === rule && last.by === by) {
      found[found.length - 1] = { ...last, to: time, count: last.count + 1 }
    } else found.push({ rule, by, from: time, to: time, count: 1 })
  }
  return found
}

const worse = (a: Level, b: Level): Level => (LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b)

/** The worst that either governor says of an instance now. */
export function levelOf(instance: GovernedInstance, decisions: readonly Decision[]): Level {
  const own = decisions.find((d) => d.instance === instance.id && d.by === 'reflex')
  return worse(own?.level ?? 'normal', instance.granted?.level ?? 'normal')
}

/** Those in most trouble first. */
export function byConcern(
  instances: readonly GovernedInstance[],
  decisions: readonly Decision[],
): GovernedInstance[] {
  const rank = (each: GovernedInstance) => LEVELS.indexOf(levelOf(each, decisions))
  return [...instances].sort((a, b) => rank(b) - rank(a) || a.share - b.share)
}

/** Seconds that a grant is still good: `since_s` after the sample it is compared with. */
export function leaseLeft({ at, granted }: GovernedInstance, sinceS: number): number | null {
  if (!granted) return null
  const age = Math.max(0, (Date.parse(at) - Date.parse(granted.at)) / 1000)
  return granted.ttl_s - age - Math.max(0, sinceS)
}
