/** An edge in words. Pure. */
import { plural, t } from '@lingui/core/macro'
import type { Edge } from '../api/client'
import * as format from '../format'

const stepsLater = (lag: number): string =>
  plural(lag, {
    1: 'one step later',
    2: 'two steps later',
    3: 'three steps later',
    4: 'four steps later',
    5: 'five steps later',
    6: 'six steps later',
    7: 'seven steps later',
    8: 'eight steps later',
    9: 'nine steps later',
    other: '# steps later',
  })

/** "two steps later (100 ms)"; the time only where the stream's cadence is known. */
export function later(lag: number, cadence: number | null): string {
  if (lag === 0) return t`within the same step`
  const when = stepsLater(lag)
  return cadence ? t`${when} (${format.seconds(lag * cadence)})` : when
}

export function sentence(edge: Edge, cadence: number | null): string {
  const { source, target, lag, effect } = edge
  if (effect === null) return t`The effect of ${source} on ${target} has not been measured yet.`
  if (!edge.oriented) {
    return effect < 0
      ? t`${source} and ${target} move in opposite directions within one step; the data do not decide which drives which.`
      : t`${source} and ${target} move together within one step; the data do not decide which drives which.`
  }
  const amount = format.decimal(Math.abs(effect))
  const when = later(lag, cadence)
  if (source === target) {
    return effect < 0
      ? t`When ${source} rises by 1 sd, it falls by ${amount} sd ${when}.`
      : t`When ${source} rises by 1 sd, it rises by ${amount} sd ${when}.`
  }
  return effect < 0
    ? t`When ${source} rises by 1 sd, ${target} falls by ${amount} sd ${when}.`
    : t`When ${source} rises by 1 sd, ${target} rises by ${amount} sd ${when}.`
}

/** How sure, in one plain word pair; the numbers stand beside it. */
export function surely(stability: number | null): string {
  if (stability == null) return t`not yet resampled`
  if (stability >= 0.9) return t`very stable`
  if (stability >= 0.6) return t`stable`
  return t`unsure`
}
