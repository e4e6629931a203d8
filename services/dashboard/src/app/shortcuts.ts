/** What a pressed key means. Pure. */
import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { PLACES } from './places'

export type Meaning =
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'go'; path: string }
  /** Waits for the second key. */
  | { kind: 'wait' }
  | null

export interface Press {
  key: string
  ctrl: boolean
  meta: boolean
  alt: boolean
  /** Whether it goes into a field that takes text. */
  typing: boolean
}

/** `waiting`: whether `g` was pressed just before. */
export function meaning(press: Press, waiting: boolean): Meaning {
  const { key, ctrl, meta, alt, typing } = press
  if ((ctrl || meta) && !alt && key.toLowerCase() === 'k') return { kind: 'palette' }
  if (typing || ctrl || meta || alt) return null
  if (waiting) {
    const place = PLACES.find((one) => one.key === key)
    return place ? { kind: 'go', path: place.path } : null
  }
  if (key === '?') return { kind: 'help' }
  return key === 'g' ? { kind: 'wait' } : null
}

export const shortcuts = (): [keys: string[], what: string][] => [
  [['Ctrl', 'K'], t`Go to a page, a component, a stream or a variable (⌘ K on a Mac)`],
  [['?'], t`Show these shortcuts`],
  ...PLACES.map(({ key, label }): [string[], string] => [['g', key], t`Go to ${i18n._(label)}`]),
  [['Esc'], t`Close what is open`],
  [['←', '→'], t`In a graph: go through the edges`],
  [['+', '−'], t`In a graph: zoom`],
]
