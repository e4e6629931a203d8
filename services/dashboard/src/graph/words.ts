/** An edge in words. Pure. */
import type { Edge, EdgeKey } from '../api/client'
import * as format from '../format'

const SMALL = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

const steps = (lag: number): string => `${SMALL[lag] ?? lag} ${lag === 1 ? 'step' : 'steps'}`

/** "two steps later (100 ms)"; the time only where the stream's cadence is known. */
export function later(lag: number, cadence: number | null): string {
  if (lag === 0) return 'within the same step'
  const time = cadence ? ` (${format.seconds(lag * cadence)})` : ''
  return `${steps(lag)} later${time}`
}

const direction = (effect: number): string => (effect < 0 ? 'falls' : 'rises')

function amount(effect: number): string {
  return `${format.decimal(Math.abs(effect))} sd`
}

export function title({ source, target, lag }: EdgeKey): string {
  return source === target
    ? `${source} on itself, lag ${lag}`
    : `${source} drives ${target}, lag ${lag}`
}

export function sentence(edge: Edge, cadence: number | null): string {
  const { source, target, lag, effect } = edge
  if (effect === null) return `The effect of ${source} on ${target} has not been measured yet.`
  if (!edge.oriented) {
    const together = effect < 0 ? 'in opposite directions' : 'together'
    return `${source} and ${target} move ${together} within one step; the data do not decide which drives which.`
  }
  const subject = source === target ? 'it' : target
  const cause = `When ${source} rises by 1 sd, ${subject}`
  return `${cause} ${direction(effect)} by ${amount(effect)} ${later(lag, cadence)}.`
}

/** How sure, in one plain word pair; the numbers stand beside it. */
export function surely(stability: number | null): string {
  if (stability == null) return 'not yet resampled'
  if (stability >= 0.9) return 'very stable'
  if (stability >= 0.6) return 'stable'
  return 'unsure'
}
