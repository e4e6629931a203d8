/** What a variable and an edge look like, as cytoscape data and classes. Pure. */
import { t } from '@lingui/core/macro'
import type { DrawnEdge, Mark } from './model'

/** Below this stability an edge is dashed. */
export const UNSURE_BELOW = 0.6

export const NODE_HEIGHT = 40
const PER_CHARACTER = 9.2

/** Variables and edges share one space of ids in cytoscape. */
export const nodeKey = (name: string): string => `n:${name}`

export function nodeData(name: string) {
  const width = Math.max(NODE_HEIGHT, 22 + PER_CHARACTER * name.length)
  return { id: nodeKey(name), label: name, width }
}

const MARK = { known: ' ✓', near: ' ≈', false: ' ✕', missed: '', unknown: '' } as const

/** The sign of a mark stands beside its colour and its dashes. */
export const SIGN: Record<Mark, string> = {
  appeared: '+ ',
  vanished: '− ',
  strengthened: '▲ ',
  weakened: '▼ ',
  flipped: '⇅ ',
  same: '',
  'on-path': '',
  'off-path': '',
}

function classesOf(edge: DrawnEdge): string[] {
  return [
    ...(edge.effect < 0 ? ['negative'] : []),
    ...(edge.certainty < UNSURE_BELOW ? ['unsure'] : []),
    ...(edge.oriented ? [] : ['undecided']),
    ...(edge.imported ? ['imported'] : []),
    ...(edge.source === edge.target ? ['self'] : []),
    ...(edge.verdict === 'unknown' ? [] : [edge.verdict]),
    ...(edge.mark ? [edge.mark] : []),
  ]
}

/** `bow` in pixels; see bows.ts. */
export function edgeData(edge: DrawnEdge, bow: number) {
  const data = {
    id: edge.id,
    source: nodeKey(edge.source),
    target: nodeKey(edge.target),
    from: edge.source,
    to: edge.target,
    lag: edge.lag,
    bow,
    label: `${edge.mark ? SIGN[edge.mark] : ''}${t`lag ${edge.lag}`}${edge.imported ? ' ◇' : ''}${MARK[edge.verdict]}`,
    width: 1.5 + 5.5 * edge.strength,
    opacity: 0.35 + 0.65 * Math.max(0, Math.min(1, edge.certainty)),
  }
  return { data, classes: classesOf(edge) }
}
