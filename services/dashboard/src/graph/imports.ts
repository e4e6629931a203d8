/** Belief that came from elsewhere, in words. Pure. */
import { t } from '@lingui/core/macro'
import type { CausalGraph, Edge, Prior } from '../api/client'
import * as format from '../format'

/** Where a prior comes from, as "expected by ..." goes on. */
export function originName(origin: string): string {
  if (origin.startsWith('federation:')) return t`peers of ${origin.slice('federation:'.length)}`
  if (origin === 'meta_learning') return t`streams of the domain`
  return origin.replaceAll('_', ' ')
}

export function priorOf(graph: CausalGraph, edge: Edge): Prior | null {
  return graph.priors.find(({ origin }) => origin === edge.prior?.origin) ?? null
}

export function trustInWords({ trust, rows }: Pick<Prior, 'trust' | 'rows'>): string {
  if (rows === 0) return t`not tried on own rows yet`
  if (trust < 0.005) return t`not used: own data say more`
  return t`trusted at ${format.percent(trust)}`
}

/** What is expected from elsewhere, beside what own data say: the beginning of a sentence. */
export function expectation(edge: Edge): string | null {
  if (!edge.prior) return null
  const { origin, effect, se } = edge.prior
  return t`${originName(origin)} expect ${format.signed(effect)} ± ${format.decimal(1.96 * se)}`
}
