/** What an instance's own reflex holds it to, as the instance says itself. Pure. */
import type { GovernedInstance, Level, Policy } from '../../api/governor'

/** From good to bad; each but the first has a load to enter at and one to leave below. */
export const LEVELS: readonly Level[] = ['normal', 'caution', 'throttle', 'critical', 'pause']

/**
 * `target`: the load that is held. `enter`, `leave`: loads at which caution, throttle, critical and
 * pause begin, and below which they end. `tolerances`: what is still well, by resource; null is not
 * looked at.
 */
export type Thresholds = Pick<Policy, 'target' | 'enter' | 'leave'> & {
  tolerances: Readonly<Record<string, number | null>>
}

type Governed = Pick<GovernedInstance, 'policies'>

/** Null where the instance is not heard of. */
export function thresholds({ policies }: Governed): Thresholds | null {
  return policies.find(({ by }) => by === 'reflex')?.in_force.limits ?? null
}

/** Whether one of those who govern it only tells what it would do. */
export const isDryRun = ({ policies }: Governed): boolean =>
  policies.some(({ in_force }) => in_force.is_dry_run === true)
