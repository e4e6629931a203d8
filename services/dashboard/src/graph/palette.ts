/** The colours of the drawing, read from the page's CSS variables so that there is one palette. */
import type { StylesheetStyle } from 'cytoscape'

export interface Palette {
  surface: string
  node: string
  nodeBorder: string
  text: string
  muted: string
  positive: string
  negative: string
  accent: string
  warning: string
}

const NAMES: Record<keyof Palette, string> = {
  surface: '--graph-surface',
  node: '--graph-node',
  nodeBorder: '--graph-node-border',
  text: '--text',
  muted: '--text-muted',
  positive: '--positive',
  negative: '--negative',
  accent: '--accent',
  warning: '--warning',
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const read = ([key, name]: [string, string]) => [key, style.getPropertyValue(name).trim()]
  return Object.fromEntries(Object.entries(NAMES).map(read)) as unknown as Palette
}

const TOLD = { 'text-opacity': 1, 'text-background-opacity': 0.92 }
const FONT = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif'

function nodeStyles(palette: Palette, transition: number): StylesheetStyle[] {
  return [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        'corner-radius': '20px',
        width: 'data(width)',
        height: 40,
        label: 'data(label)',
        'font-family': FONT,
        'font-size': 14,
        'font-weight': 600,
        color: palette.text,
        'text-valign': 'center',
        'text-halign': 'center',
        'background-color': palette.node,
        'border-width': 1.5,
        'border-color': palette.nodeBorder,
        'overlay-opacity': 0,
        'transition-property': 'opacity, border-color, border-width, background-color',
        'transition-duration': transition,
      },
    },
    {
      selector: 'node.alone',
      style: { opacity: 0.55, 'border-style': 'dashed', 'font-weight': 400 },
    },
    { selector: 'node.lit', style: { 'border-color': palette.accent, 'border-width': 2.5 } },
    { selector: 'node.faded', style: { opacity: 0.22 } },
  ]
}

function anyEdge(palette: Palette, transition: number): StylesheetStyle {
  return {
    selector: 'edge',
    style: {
      'curve-style': 'unbundled-bezier',
      'control-point-distances': 'data(bow)' as unknown as number,
      'control-point-weights': 0.5,
      'edge-distances': 'node-position',
      width: 'data(width)',
      opacity: 'data(opacity)' as unknown as number,
      'line-color': palette.positive,
      'target-arrow-color': palette.positive,
      'target-arrow-shape': 'triangle',
      'arrow-scale': 1.05,
      'target-distance-from-node': 3,
      'source-distance-from-node': 2,
      'line-cap': 'round',
      label: 'data(label)',
      'font-family': FONT,
      'font-size': 10.5,
      'min-zoomed-font-size': 7,
      color: palette.muted,
      'text-background-color': palette.surface,
      'text-background-opacity': 0.92,
      'text-background-padding': '2px',
      'text-background-shape': 'roundrectangle',
      'overlay-opacity': 0,
      'underlay-color': palette.accent,
      'underlay-opacity': 0,
      'underlay-padding': 6,
      // Not the width: cytoscape remembers the size of an arrow for every width that it ever drew.
      'transition-property': 'opacity, line-color, underlay-opacity',
      'transition-duration': transition,
    },
  }
}

/** What tells one edge from another: its sign, its certainty, the truth of it. */
function kinds(palette: Palette): StylesheetStyle[] {
  return [
    {
      selector: 'edge.negative',
      style: { 'line-color': palette.negative, 'target-arrow-color': palette.negative },
    },
    { selector: 'edge.unsure', style: { 'line-style': 'dashed', 'line-dash-pattern': [7, 5] } },
    { selector: 'edge.undecided', style: { 'target-arrow-shape': 'none' } },
    { selector: 'edge.imported', style: { 'target-arrow-fill': 'hollow' } },
    {
      selector: 'edge.self',
      style: { 'curve-style': 'bezier', 'loop-direction': '-45deg', 'loop-sweep': '50deg' },
    },
    { selector: 'edge.false', style: { color: palette.warning, 'font-weight': 700 } },
    {
      selector: 'edge.missed',
      style: {
        'line-color': palette.muted,
        'target-arrow-color': palette.muted,
        'target-arrow-shape': 'vee',
        'line-style': 'dashed',
        'line-dash-pattern': [1, 6],
        width: 1.5,
        opacity: 0.6,
        'font-style': 'italic',
      },
    },
  ]
}

/** What became of an edge between two moments, and what lies on a path. */
function marks(palette: Palette): StylesheetStyle[] {
  const halo = (color: string) => ({ 'underlay-color': color, 'underlay-opacity': 0.35 })
  const told = { opacity: 1, color: palette.text, ...TOLD }
  return [
    { selector: 'edge.appeared', style: { ...told, ...halo(palette.accent), 'font-weight': 700 } },
    {
      selector: 'edge.vanished',
      style: { ...TOLD, opacity: 0.6, 'line-style': 'dashed', 'line-dash-pattern': [4, 7] },
    },
    { selector: 'edge.strengthened, edge.weakened', style: told },
    { selector: 'edge.flipped', style: { ...told, ...halo(palette.warning), 'font-weight': 700 } },
    { selector: 'edge.same', style: { opacity: 0.22 } },
    { selector: 'edge.on-path', style: { ...told, ...halo(palette.accent) } },
    { selector: 'edge.off-path', style: { opacity: 0.1, 'text-opacity': 0 } },
    { selector: 'node.off-path', style: { opacity: 0.3 } },
    { selector: 'node.on-path', style: { 'border-color': palette.accent, 'border-width': 2.5 } },
  ]
}

/** What an edge is for a moment. */
function moments(palette: Palette): StylesheetStyle[] {
  return [
    { selector: 'edge.unlabelled', style: { 'text-opacity': 0, 'text-background-opacity': 0 } },
    { selector: 'edge.lit', style: { opacity: 1, color: palette.text, ...TOLD } },
    { selector: 'edge.faded', style: { opacity: 0.08, 'text-opacity': 0 } },
    {
      selector: 'edge.chosen',
      style: { opacity: 1, 'underlay-opacity': 0.4, color: palette.text, ...TOLD },
    },
    { selector: 'edge.entering', style: { opacity: 0, 'underlay-opacity': 0.7 } },
    { selector: 'edge.leaving', style: { opacity: 0, 'text-opacity': 0 } },
  ]
}

export function stylesheet(palette: Palette, still: boolean): StylesheetStyle[] {
  const transition = still ? 0 : 700
  return [
    ...nodeStyles(palette, still ? 0 : 180),
    anyEdge(palette, transition),
    ...kinds(palette),
    ...marks(palette),
    ...moments(palette),
  ]
}
