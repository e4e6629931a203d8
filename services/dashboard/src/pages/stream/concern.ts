/** How much a variable asks for attention, and which ones to show first. Pure. */
import { t } from '@lingui/core/macro'
import type { VariableDetail } from '../../api/client'
import { count } from '../../format'

/** Usual scales from which on a variable is said to have moved. */
export const DRIFTED = 3

export interface Badge {
  tone: 'warn' | 'bad' | 'quiet'
  text: string
  help: string
}

export function badges({ kind, absent, quality }: VariableDetail): Badge[] {
  const found: Badge[] = []
  if (absent) {
    found.push({ tone: 'bad', text: t`absent`, help: t`Has not come for a whole window` })
  }
  if (quality?.stuck) {
    found.push({ tone: 'bad', text: t`stuck`, help: t`All values of the last window are the same` })
  }
  if (quality && quality.out_of_range > 0) {
    found.push({
      tone: 'warn',
      text: t`${count(quality.out_of_range)} out of range`,
      help: t`Values of the last window outside the range of this variable`,
    })
  }
  if (kind !== 'numeric') {
    found.push({ tone: 'quiet', text: kind, help: t`Its values are ${kind}` })
  }
  return found
}

export const hasDrifted = ({ quality }: VariableDetail): boolean => (quality?.drift ?? 0) >= DRIFTED

function concern(variable: VariableDetail): number {
  const { absent, quality } = variable
  const drift = Math.min(1, (quality?.drift ?? 0) / DRIFTED)
  const flagged = Number(quality?.stuck ?? false) + Number((quality?.out_of_range ?? 0) > 0)
  return 4 * Number(absent) + 2 * flagged + drift + (quality?.missing ?? 0)
}

/** All in their own order if there are few, else those of most concern. */
export function foremost(variables: readonly VariableDetail[], most: number): VariableDetail[] {
  if (variables.length <= most) return [...variables]
  return [...variables].sort((a, b) => concern(b) - concern(a)).slice(0, most)
}
