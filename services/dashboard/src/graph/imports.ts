/** Belief that came from elsewhere, in words. Pure. */
import type { CausalGraph, Edge, Prior } from '../api/client'
import * as format from '../format'

/** Where a prior comes from, as "expected by ..." goes on. */
export function originName(origin: string): string {
  if (origin.startsWith('federation:')) return `peers of ${origin.slice('federation:'.length)}`
  if (origin === 'meta_learning') return 'streams of the domain'
  return origin.replaceAll('_', ' ')
}

export function priorOf(graph: CausalGraph, edge: Edge): Prior | null {
  return graph.priors.find(({ origin }) => origin === edge.prior?.origin) ?? null
}

export function trustInWords({ trust, rows }: Pick<Prior, 'trust' | 'rows'>): string {
  if (rows === 0) return 'not tried on own rows yet'
  if (trust < 0.005) return 'not used: own data say more'
  return `trusted at ${format.percent(trust)}`
}

/** What is expected from elsewhere, beside what own data say. */
export function expectation(edge: Edge): string | null {
  if (!edge.prior) return null
  const { origin, effect, se } = edge.prior
  return `${originName(origin)} expect ${format.signed(effect)} ± ${format.decimal(1.96 * se)}`
}
