/** Order of the edge table. Pure. */
import { i18n } from '@lingui/core'
import type { Edge } from '../../api/client'
import { intervalOf } from '../../graph/model'

const width = (interval: [number, number] | null): number =>
  interval ? interval[1] - interval[0] : 0

export const columns = [
  'edge',
  'lag',
  'effect',
  'interval',
  'p',
  'q',
  'stability',
  'windows',
  'state',
  'basis',
] as const

export type Column = (typeof columns)[number]

export interface Sort {
  column: Column
  descending: boolean
}

const VALUE: Record<Column, (edge: Edge) => number | string> = {
  edge: (edge) => `${edge.source} ${edge.target}`,
  lag: (edge) => edge.lag,
  effect: (edge) => Math.abs(edge.effect ?? 0),
  interval: (edge) => width(intervalOf(edge)),
  p: (edge) => edge.p_value ?? 1,
  q: (edge) => edge.q_value ?? 1,
  stability: (edge) => edge.stability ?? 0,
  windows: (edge) => edge.windows,
  state: (edge) => edge.state,
  basis: (edge) => Number(edge.imported),
}

export const STRONGEST_FIRST: Sort = { column: 'effect', descending: true }

/** "lag" rises, "-lag" falls; anything else is the strongest first. */
export function readSort(text: string | null): Sort {
  const descending = text?.startsWith('-') === true
  const column = columns.find((name) => name === text?.replace(/^-/, ''))
  return column ? { column, descending } : STRONGEST_FIRST
}

/** Empty for the strongest first. */
export function writeSort({ column, descending }: Sort): string {
  const plain = column === STRONGEST_FIRST.column && descending === STRONGEST_FIRST.descending
  return plain ? '' : `${descending ? '-' : ''}${column}`
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), i18n.locales ?? i18n.locale, { numeric: true })
}

/** Effects are compared by size; equal rows keep their order. */
export function sorted(edges: readonly Edge[], { column, descending }: Sort): Edge[] {
  const sign = descending ? -1 : 1
  return [...edges].sort((a, b) => sign * compare(VALUE[column](a), VALUE[column](b)))
}

/** A second press on the same column turns it round. */
export function nextSort(now: Sort, column: Column): Sort {
  if (now.column === column) return { column, descending: !now.descending }
  return { column, descending: ['effect', 'stability', 'windows', 'basis'].includes(column) }
}
