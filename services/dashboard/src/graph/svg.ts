/** The drawn graph as an SVG document, with the colours, dashes and labels that are on the screen. */
import type { Core, EdgeSingular, NodeSingular, Position } from 'cytoscape'

const MARGIN = 40
/** Length of an arrowhead for each pixel of an edge's width, beside its least. */
const HEAD = 2.2
const LEAST_HEAD = 6

const n = (value: number): string => String(Number(value.toFixed(1)))

export function escaped(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => named[sign] ?? sign)
}

const middle = (a: Position, b: Position): Position => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

/** Quadratic curves through the control points; consecutive ones meet half way. */
export function curveThrough(points: readonly Position[]): string {
  const [from, to] = [points[0], points.at(-1)]
  if (!from || !to) return ''
  const controls = points.slice(1, -1)
  if (controls.length === 0) return `M${n(from.x)},${n(from.y)}L${n(to.x)},${n(to.y)}`
  const parts = controls.map((control, i) => {
    const next = controls[i + 1]
    const end = next ? middle(control, next) : to
    return `Q${n(control.x)},${n(control.y)} ${n(end.x)},${n(end.y)}`
  })
  return `M${n(from.x)},${n(from.y)}${parts.join('')}`
}

/** A triangle whose tip is at `to`, coming from `from`. */
export function arrowhead(from: Position, to: Position, size: number): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const back = { x: to.x - size * dx, y: to.y - size * dy }
  const half = size * 0.45
  const corner = (side: number) => `${n(back.x - side * dy * half)},${n(back.y + side * dx * half)}`
  return `${n(to.x)},${n(to.y)} ${corner(1)} ${corner(-1)}`
}

const font = (size: number, weight: string, color: string): string =>
  `font-family="system-ui, sans-serif" font-size="${n(size)}" font-weight="${weight}" fill="${color}"`

function node(drawn: NodeSingular): string {
  const { x, y } = drawn.position()
  const [width, height] = [drawn.width(), drawn.height()]
  const dashed = drawn.style('border-style') === 'dashed' ? ' stroke-dasharray="4 3"' : ''
  return `<g opacity="${drawn.style('opacity')}"><rect x="${n(x - width / 2)}" y="${n(y - height / 2)}" width="${n(width)}" height="${n(height)}" rx="20" fill="${drawn.style('background-color')}" stroke="${drawn.style('border-color')}" stroke-width="${n(drawn.numericStyle('border-width'))}"${dashed}/><text x="${n(x)}" y="${n(y + 5)}" text-anchor="middle" ${font(14, String(drawn.style('font-weight')), String(drawn.style('color')))}>${escaped(String(drawn.data('label')))}</text></g>`
}

function dashes(edge: EdgeSingular): string {
  if (edge.style('line-style') !== 'dashed') return ''
  return ` stroke-dasharray="${String(edge.style('line-dash-pattern')).replaceAll('px', '')}"`
}

function label(edge: EdgeSingular): string {
  if (Number(edge.style('text-opacity')) === 0) return ''
  const { x, y } = edge.midpoint()
  const style = font(10.5, String(edge.style('font-weight')), String(edge.style('color')))
  const behind = edge.style('text-background-color')
  return `<text x="${n(x)}" y="${n(y + 3.5)}" text-anchor="middle" paint-order="stroke" stroke="${behind}" stroke-width="4" ${style}>${escaped(String(edge.data('label')))}</text>`
}

function line(edge: EdgeSingular): string {
  const points = [edge.sourceEndpoint(), ...(edge.controlPoints() ?? []), edge.targetEndpoint()]
  if (!points.every((point) => Number.isFinite(point.x + point.y))) return ''
  const [color, width] = [edge.style('line-color'), edge.numericStyle('width')]
  const [before, to] = [points.at(-2) as Position, points.at(-1) as Position]
  const head =
    edge.style('target-arrow-shape') === 'none'
      ? ''
      : `<polygon points="${arrowhead(before, to, LEAST_HEAD + HEAD * width)}" fill="${color}"/>`
  const path = curveThrough(points)
  const halo = Number(edge.style('underlay-opacity'))
  const under = halo
    ? `<path d="${path}" fill="none" stroke="${edge.style('underlay-color')}" stroke-width="${n(width + 12)}" opacity="${halo}" stroke-linecap="round"/>`
    : ''
  return `${under}<g opacity="${edge.style('opacity')}"><path d="${path}" fill="none" stroke="${color}" stroke-width="${n(width)}"${dashes(edge)}/>${head}</g>`
}

/** Everything that is drawn, not only what the window shows. */
export function svgOf(cy: Core, background: string): string {
  const { x1, y1, w, h } = cy.elements().boundingBox()
  const box = [x1 - MARGIN, y1 - MARGIN, w + 2 * MARGIN, h + 2 * MARGIN].map(n)
  const edges = cy.edges().not('.leaving').toArray() as EdgeSingular[]
  const nodes = cy.nodes().toArray() as NodeSingular[]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(' ')}" width="${box[2]}" height="${box[3]}">`,
    `<rect x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" fill="${background}"/>`,
    ...edges.map(line),
    ...nodes.map(node),
    ...edges.map(label),
    '</svg>',
    '',
  ].join('\n')
}
