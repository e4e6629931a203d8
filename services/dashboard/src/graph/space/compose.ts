/** What is to be drawn of the unrolled graph: ribbons, discs and captions. Pure; lengths in links. */
import { bows } from '../bows'
import type { Positions } from '../layout'
import type { DrawnEdge, DrawnGraph, Mark } from '../model'
import type { Palette } from '../palette'
import { edgeData } from '../shapes'
import type { Frame, Vector } from './camera'
import type { Dot } from './dots'
import type { Ink, Inks } from './ink'
import type { Ribbon } from './ribbons'
import { at, behind, type Curve, curveOf, repeats, trimmed } from './unroll'

/** What the reader points at, or has chosen. */
export type Focus = { edge: string; variable?: never } | { variable: string; edge?: never } | null

export interface Caption {
  key: string
  text: string
  at: Vector
  kind: 'name' | 'past' | 'sheet' | 'edge'
  colour: keyof Palette
  /** Lower comes first, and hides what it overlaps. */
  rank: number
  /** Steps before now. */
  sheet: number
}

export interface Scenery {
  picture: DrawnGraph
  /** The edges that are drawn, those that come and go among them, and how much of each is there. */
  shown: readonly (readonly [DrawnEdge, number])[]
  front: ReadonlyMap<string, Vector>
  /** Places in the layout, stretched as drawn; see bows.ts. */
  flat: Positions
  /** -1 where the layout's right hand is the picture's left. */
  side: 1 | -1
  maxLag: number
  gap: number
  frame: Frame
  chosen: string | null
  pointed: Focus
  inks: Inks
  sheetName: (lag: number) => string
}

export interface Composed {
  ribs: Ribbon[]
  edges: Ribbon[]
  dots: Dot[]
  captions: Caption[]
  /** The way of every edge that can be pointed at. */
  curves: Map<string, Curve>
}

export const RADIUS = { now: 0.1, past: 0.07, idle: 0.028 }
/** Widths are those of the flat graph, whose links are so many pixels long. */
const PIXELS = 150
/** With more edges than this, the past is named only where the reader looks at it. */
const CROWD = 48
const RIB = 0.006

interface Marked {
  shine?: 'accent' | 'warning'
  told?: true
  /** Opacity, in place of the certainty. */
  alpha?: number
}

/** As in the flat graph: what became of an edge, and what lies on a path. */
const MARKED: Record<Mark, Marked> = {
  appeared: { shine: 'accent', told: true, alpha: 1 },
  vanished: { told: true, alpha: 0.6 },
  strengthened: { told: true, alpha: 1 },
  weakened: { told: true, alpha: 1 },
  flipped: { shine: 'warning', told: true, alpha: 1 },
  same: { alpha: 0.22 },
  'on-path': { shine: 'accent', told: true, alpha: 1 },
  'off-path': { alpha: 0.1 },
}

const markedAs = ({ mark }: DrawnEdge): Marked => (mark ? MARKED[mark] : {})

const blend = (a: Ink, b: Ink, share: number): Ink => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

const straight = (from: Vector, to: Vector): Curve => ({ from, via: at3(from, to), to })

function at3(a: Vector, b: Vector): Vector {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, z: (a.z + b.z) / 2 }
}

const line = (curve: Curve, ink: Ink, alpha: number, width = RIB): Ribbon => ({
  curve,
  width,
  ink,
  alpha,
  line: 'solid',
  head: 'none',
})

/** Variables with an edge stand in every sheet; the others only in front. */
function unrolled({ ties, edges }: DrawnGraph): Set<string> {
  return new Set([...ties, ...edges].flatMap(({ source, target }) => [source, target]))
}

function corners({ middle, half }: Frame, z: number): Vector[] {
  const [left, right] = [middle.x - half.x, middle.x + half.x]
  const [low, high] = [middle.y - half.y, middle.y + half.y]
  return [
    { x: left, y: high, z },
    { x: right, y: high, z },
    { x: right, y: low, z },
    { x: left, y: low, z },
  ]
}

function borders({ frame, maxLag, gap, inks }: Scenery): Ribbon[] {
  return Array.from({ length: maxLag + 1 }, (_, lag) => {
    const ring = corners(frame, -lag * gap)
    return ring.map((corner, i) => {
      const next = ring[(i + 1) % ring.length] as Vector
      return line(straight(corner, next), inks.nodeBorder, lag === 0 ? 0.75 : 0.35)
    })
  }).flat()
}

function strands({ front, picture, maxLag, gap, inks }: Scenery): Ribbon[] {
  if (maxLag === 0) return []
  return [...unrolled(picture)].flatMap((name) => {
    const place = front.get(name)
    if (!place) return []
    return [line(straight(behind(place, maxLag, gap), place), inks.nodeBorder, 0.3)]
  })
}

const isLit = (edge: DrawnEdge, { pointed, chosen }: Scenery): boolean => {
  if (edge.id === chosen || edge.id === pointed?.edge) return true
  return pointed?.variable !== undefined && touches(edge, pointed.variable)
}

const touches = ({ source, target }: DrawnEdge, name: string): boolean =>
  source === name || target === name

/** How much of an edge is left while the reader looks at others. */
function attention(edge: DrawnEdge, scenery: Scenery): number {
  if (isLit(edge, scenery)) return 1
  return scenery.pointed ? 0.14 : scenery.chosen ? 0.3 : 1
}

function colourOf(edge: DrawnEdge): 'muted' | 'negative' | 'positive' {
  if (edge.verdict === 'missed') return 'muted'
  return edge.effect < 0 ? 'negative' : 'positive'
}

function ribbonOf(edge: DrawnEdge, curve: Curve, inks: Inks): Ribbon {
  const { data, classes } = edgeData(edge, 0)
  const missed = edge.verdict === 'missed'
  const unsure = edge.mark === 'vanished' || classes.includes('unsure')
  return {
    curve: trimmed(curve, edge.lag > 0 ? RADIUS.past : RADIUS.now, RADIUS.now + 0.015),
    width: (missed ? 1.5 : data.width) / PIXELS,
    ink: inks[colourOf(edge)],
    alpha: missed ? 0.6 : (markedAs(edge).alpha ?? data.opacity),
    line: missed ? 'dotted' : unsure ? 'dashed' : 'solid',
    head: !edge.oriented ? 'none' : edge.imported || missed ? 'hollow' : 'full',
  }
}

interface Placed {
  edge: DrawnEdge
  there: number
  bow: number
  curve: Curve
}

function placed({ shown, front, flat, side, gap }: Scenery): Placed[] {
  const bow = bows(
    shown.map(([edge]) => edge),
    flat,
  )
  return shown.flatMap(([edge, there]) => {
    const own = side * (bow.get(edge.id) ?? 0)
    const curve = curveOf(edge, front, { gap, bow: own })
    return curve ? [{ edge, there, bow: own, curve }] : []
  })
}

/** The chosen edge shines, as do those that are marked so. */
function shine({ edge, there, curve }: Placed, { inks, chosen }: Scenery): Ribbon[] {
  const colour = edge.id === chosen ? 'accent' : markedAs(edge).shine
  if (!colour) return []
  const own = ribbonOf(edge, curve, inks)
  return [line(own.curve, inks[colour], 0.4 * there, own.width + 0.09)]
}

/** The repetition of the chosen edge, one step earlier. */
function again({ edge, there, bow }: Placed, scenery: Scenery): Ribbon[] {
  const { inks, chosen, front, gap, maxLag } = scenery
  if (edge.id !== chosen || !repeats(edge.lag, maxLag)) return []
  const curve = curveOf(edge, front, { gap, bow, earlier: 1 })
  return curve ? [{ ...ribbonOf(edge, curve, inks), alpha: 0.5 * there }] : []
}

function ribbons(all: readonly Placed[], scenery: Scenery): Ribbon[] {
  const drawn = all.map(({ edge, curve, there }) => {
    const own = ribbonOf(edge, curve, scenery.inks)
    const alpha = isLit(edge, scenery) ? Math.max(own.alpha, 0.9) : own.alpha
    return { ...own, alpha: alpha * there * attention(edge, scenery) }
  })
  const under = [shine, again].flatMap((draw) => all.flatMap((each) => draw(each, scenery)))
  return [...under, ...drawn]
}

/** "name at lag" of the ends of edges that are lit. */
function litEnds(all: readonly Placed[], scenery: Scenery): Set<string> {
  const lit = all.filter(({ edge }) => isLit(edge, scenery)).map(({ edge }) => edge)
  const ends = lit.flatMap((e) => [spotKey(e.source, e.lag), spotKey(e.target, 0)])
  const { variable } = scenery.pointed ?? {}
  const named = [...(scenery.picture.onPath ?? []), ...(variable === undefined ? [] : [variable])]
  return new Set([...ends, ...named.map((name) => spotKey(name, 0))])
}

export const spotKey = (name: string, sheet: number): string => JSON.stringify([name, sheet])

interface Stand {
  name: string
  sheet: number
  at: Vector
  /** Without an edge: it stands in front only. */
  alone: boolean
  /** Whether an edge begins or ends here. */
  busy: boolean
  lit: boolean
}

/** Where in the past an edge begins, and the ends of the repetition of the chosen one. */
function starts({ shown, chosen }: Scenery): Set<string> {
  const again = shown.filter(([edge]) => edge.id === chosen)
  return new Set([
    ...shown.map(([edge]) => spotKey(edge.source, edge.lag)),
    ...again.flatMap(([edge]) => [spotKey(edge.source, edge.lag + 1), spotKey(edge.target, 1)]),
  ])
}

function stands(scenery: Scenery, lit: ReadonlySet<string>): Stand[] {
  const { front, picture, maxLag, gap } = scenery
  const busy = starts(scenery)
  const deep = unrolled(picture)
  return [...front].flatMap(([name, place]) => {
    const last = deep.has(name) ? maxLag : 0
    return Array.from({ length: last + 1 }, (_, sheet) => ({
      name,
      sheet,
      at: behind(place, sheet, gap),
      alone: !deep.has(name),
      busy: sheet === 0 || busy.has(spotKey(name, sheet)),
      lit: lit.has(spotKey(name, sheet)),
    }))
  })
}

function dotOf({ at, sheet, alone, busy, lit }: Stand, inks: Inks): Dot {
  const plain = blend(inks.surface, inks.nodeBorder, alone ? 0.55 : busy ? 1 : 0.45)
  const size = sheet === 0 ? RADIUS.now : busy ? RADIUS.past : RADIUS.idle
  return {
    at,
    radius: alone ? RADIUS.past : size,
    fill: busy ? inks.node : blend(inks.surface, inks.nodeBorder, 0.45),
    rim: lit ? inks.accent : plain,
  }
}

function nameOf({ name, sheet, at, alone, busy, lit }: Stand, crowded: boolean): Caption[] {
  if (!lit && !(busy && (sheet === 0 || !crowded))) return []
  const under = { ...at, y: at.y - (sheet === 0 ? RADIUS.now : RADIUS.past) }
  const plain = sheet === 0 && !alone
  return [
    {
      key: spotKey(name, sheet),
      text: name,
      at: under,
      kind: plain ? 'name' : 'past',
      colour: lit || plain ? 'text' : 'muted',
      rank: lit ? 1 : 10 + sheet * 4 + (alone ? 1 : 0),
      sheet,
    },
  ]
}

function sheetCaptions({ frame, maxLag, gap, sheetName }: Scenery): Caption[] {
  return Array.from({ length: maxLag + 1 }, (_, sheet) => {
    const [corner] = corners(frame, -sheet * gap) as [Vector]
    return {
      key: `sheet ${sheet}`,
      text: sheetName(sheet),
      at: corner,
      kind: 'sheet',
      colour: sheet === 0 ? 'text' : 'muted',
      rank: 4 + sheet / 100,
      sheet,
    }
  })
}

/** Depth tells the lag; written are those that the reader looks at, and what is out of the way. */
function edgeCaptions(all: readonly Placed[], scenery: Scenery): Caption[] {
  const few = all.length <= CROWD
  return all
    .filter(({ edge, there }) => there > 0.5 && (isLit(edge, scenery) || (few && isOdd(edge))))
    .filter(({ edge }) => attention(edge, scenery) > 0.3)
    .map(({ edge, curve }) => ({
      key: edge.id,
      text: edgeData(edge, 0).data.label,
      at: at(curve, 0.5),
      kind: 'edge',
      colour: isLit(edge, scenery) ? 'text' : edge.verdict === 'false' ? 'warning' : 'muted',
      rank: isLit(edge, scenery) ? 2 : 15,
      sheet: edge.lag / 2,
    }))
}

const isOdd = (edge: DrawnEdge): boolean =>
  edge.imported ||
  edge.verdict === 'false' ||
  edge.verdict === 'near' ||
  markedAs(edge).told === true

export function compose(scenery: Scenery): Composed {
  const all = placed(scenery)
  const places = stands(scenery, litEnds(all, scenery))
  return {
    ribs: [...borders(scenery), ...strands(scenery)],
    edges: ribbons(all, scenery),
    dots: places.map((each) => dotOf(each, scenery.inks)),
    captions: [
      ...sheetCaptions(scenery),
      ...places.flatMap((each) => nameOf(each, all.length > CROWD)),
      ...edgeCaptions(all, scenery),
    ],
    curves: new Map(all.map(({ edge, curve }) => [edge.id, curve])),
  }
}
