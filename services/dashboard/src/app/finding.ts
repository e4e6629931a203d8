/** What the command palette offers, and how a few letters find it. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { StreamSummary } from '../api/client'
import { PLACES } from './places'
import type { View } from './saved'

export type Kind = 'page' | 'view' | 'component' | 'stream' | 'variable'

export interface Target {
  kind: Kind
  label: string
  /** What it belongs to. */
  hint: string
  to: string
}

export function targets(
  streams: readonly StreamSummary[],
  components: readonly { name: string; shown: string }[],
  views: readonly View[] = [],
): Target[] {
  const address = (id: string) => `/streams/${encodeURIComponent(id)}`
  return [
    ...PLACES.map(
      ({ path, label }): Target => ({
        kind: 'page',
        label: i18n._(label),
        hint: '',
        to: path,
      }),
    ),
    ...views.map(
      ({ name, address }): Target => ({ kind: 'view', label: name, hint: '', to: address }),
    ),
    ...streams.map(
      ({ id, domain }): Target => ({ kind: 'stream', label: id, hint: domain, to: address(id) }),
    ),
    ...components.map(
      ({ name, shown }): Target => ({
        kind: 'component',
        label: shown,
        hint: '',
        to: `/components/${encodeURIComponent(name)}`,
      }),
    ),
    ...streams.flatMap(({ id, variables }) =>
      variables.map(
        (name): Target => ({
          kind: 'variable',
          label: name,
          hint: id,
          to: `${address(id)}?variable=${encodeURIComponent(name)}`,
        }),
      ),
    ),
  ]
}

const KINDS: Record<Kind, MessageDescriptor> = {
  page: msg`page`,
  view: msg`saved view`,
  component: msg`component`,
  stream: msg`stream`,
  variable: msg`variable`,
}

export const kindName = (kind: Kind): string => i18n._(KINDS[kind])

/** How well a word fits: at the start, at the start of a word, inside, its letters in order. */
function closeness(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 4
  if (at > 0) return /[\s_.-]/.test(text[at - 1] ?? '') ? 3 : 2
  let from = 0
  for (const letter of word) {
    from = text.indexOf(letter, from) + 1
    if (from === 0) return 0
  }
  return 1
}

/** The sum over all words; 0 where one does not fit. The label counts more than the rest. */
function score({ label, hint, kind }: Target, words: readonly string[]): number {
  const [own, rest] = [label.toLowerCase(), `${hint} ${kindName(kind)}`.toLowerCase()]
  let sum = 0
  for (const word of words) {
    const best = Math.max(2 * closeness(word, own), rest.includes(word) ? 1 : 0)
    if (best === 0) return 0
    sum += best
  }
  return sum
}

/** The best fits first; equal ones keep their order. Without a query, all as they come. */
export function find(all: readonly Target[], query: string, most: number): Target[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return all.slice(0, most)
  return all
    .map((target) => ({ target, score: score(target, words) }))
    .filter((found) => found.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ target }) => target)
}
