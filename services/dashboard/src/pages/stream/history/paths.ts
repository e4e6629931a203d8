/** Paths between two variables, as the address has them and as they are told. Pure. */
import { plural, t } from '@lingui/core/macro'
import type { FoundPath } from '../../../api/history'
import * as format from '../../../format'

/** Variables; empty where none is chosen yet. */
export interface Ends {
  from: string
  to: string
}

export const NO_ENDS: Ends = { from: '', to: '' }

/** Both ends; null while one is missing. */
export const whole = (ends: Ends | null): Ends | null => (ends?.from && ends.to ? ends : null)

const BETWEEN = '..'

/** Empty where neither is chosen. */
export const endsInAddress = ({ from, to }: Ends): string =>
  from || to ? `${from}${BETWEEN}${to}` : ''

/** Names may hold dots: of all the places to part them, one is between two that are known. */
export function readEnds(text: string | null, variables: readonly string[]): Ends | null {
  if (text === null) return null
  const known = new Set([...variables, ''])
  for (let at = text.indexOf(BETWEEN); at >= 0; at = text.indexOf(BETWEEN, at + 1)) {
    const [from, to] = [text.slice(0, at), text.slice(at + BETWEEN.length)]
    if (known.has(from) && known.has(to)) return { from, to }
  }
  return null
}

/** Says which of the paths between two variables it is, also after the graph has changed. */
export const wayOf = ({ variables, lags }: FoundPath): string =>
  `${variables.slice(1, -1).join('>')}@${lags.join('.')}`

/** The chosen one while it is there, else the first. */
export function chosenPath(paths: readonly FoundPath[], way: string | null): FoundPath | null {
  return paths.find((path) => wayOf(path) === way) ?? paths[0] ?? null
}

export function weakest({ edges }: FoundPath): FoundPath['edges'][number] | null {
  const size = (edge: FoundPath['edges'][number]) => Math.abs(edge.effect ?? 0)
  return edges.reduce<FoundPath['edges'][number] | null>(
    (least, edge) => (least === null || size(edge) < size(least) ? edge : least),
    null,
  )
}

/** "3 steps in all (150 ms)" */
export function delayInWords(delay: number, cadence: number | null): string {
  if (delay === 0) return t`within the same step`
  const steps = plural(delay, { one: '# step in all', other: '# steps in all' })
  return cadence ? t`${steps} (${format.seconds(delay * cadence)})` : steps
}
