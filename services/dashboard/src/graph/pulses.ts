/**
 * Pulses that run along the edges: each time a stream's graph is renewed by a window of data, one
 * wave travels from causes to effects. A longer lag takes longer.
 *
 * Drawn on a canvas of its own above the graph, so that the graph itself is not painted again.
 */
import type { EdgeSingular, Position } from 'cytoscape'

interface Pulse {
  edge: EdgeSingular
  color: string
  radius: number
  startMs: number
  durationMs: number
}

export interface PulseRequest {
  edge: EdgeSingular
  color: string
  radius: number
  delayMs: number
  durationMs: number
}

const TAIL = 8

/** The quadratic curve that an edge is drawn along, in pixels; two segments for a loop. */
function curve(edge: EdgeSingular): Position[] | null {
  const from = edge.sourceEndpoint()
  const to = edge.targetEndpoint()
  if (!from || !to || !Number.isFinite(from.x + to.x)) return null
  const { x, y } = edge.cy().pan()
  const zoom = edge.cy().zoom()
  const points = [from, ...(edge.controlPoints() ?? []), to]
  return points.map((p) => ({ x: p.x * zoom + x, y: p.y * zoom + y }))
}

/** The point at `t` of a curve; consecutive control points meet half way. */
function along(points: readonly Position[], t: number): Position {
  const controls = points.slice(1, -1)
  const [from, to] = [points[0] as Position, points.at(-1) as Position]
  if (controls.length === 0) return mix(from, to, t)
  const at = Math.min(t * controls.length, controls.length - 1e-6)
  const i = Math.floor(at)
  const control = controls[i] as Position
  const begin = i === 0 ? from : mix(controls[i - 1] as Position, control, 0.5)
  const end = i === controls.length - 1 ? to : mix(control, controls[i + 1] as Position, 0.5)
  return mix(mix(begin, control, at - i), mix(control, end, at - i), at - i)
}

const mix = (a: Position, b: Position, t: number): Position => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
})

const eased = (t: number): number => t * t * (3 - 2 * t)

export class Pulses {
  readonly #canvas: HTMLCanvasElement
  #pulses: Pulse[] = []
  #frame = 0

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
  }

  send(requests: readonly PulseRequest[]): void {
    const now = performance.now()
    const fresh = requests.map(({ delayMs, ...rest }) => ({ ...rest, startMs: now + delayMs }))
    this.#pulses = [...this.#pulses, ...fresh].slice(-400)
    if (!this.#frame && fresh.length > 0) this.#frame = requestAnimationFrame(this.#draw)
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#pulses = []
  }

  readonly #draw = (now: number): void => {
    const context = this.#cleared()
    this.#pulses = this.#pulses.filter(
      (p) => now < p.startMs + p.durationMs && p.edge.inside() && !p.edge.hasClass('leaving'),
    )
    for (const pulse of this.#pulses) {
      const t = (now - pulse.startMs) / pulse.durationMs
      if (context && t > 0) drawPulse(context, pulse, t)
    }
    this.#frame = this.#pulses.length > 0 ? requestAnimationFrame(this.#draw) : 0
  }

  #cleared(): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1
    const { clientWidth, clientHeight } = this.#canvas
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)]
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
    const context = this.#canvas.getContext('2d')
    context?.setTransform(ratio, 0, 0, ratio, 0, 0)
    context?.clearRect(0, 0, clientWidth, clientHeight)
    return context
  }
}

/** A bright core in a ring of the edge's colour, with a short tail. */
function drawPulse(context: CanvasRenderingContext2D, pulse: Pulse, t: number): void {
  const points = curve(pulse.edge)
  if (!points) return
  const radius = pulse.radius * pulse.edge.cy().zoom()
  const shown = Math.min(1, 8 * t, 8 * (1 - t))
  for (let i = TAIL; i >= 0; i -= 1) {
    const left = 1 - i / (TAIL + 1)
    const centre = along(points, eased(Math.max(0, t - i * 0.014)))
    context.globalAlpha = shown * (i === 0 ? 1 : 0.35 * left)
    disc(context, centre, radius * left, pulse.color)
  }
  disc(context, along(points, eased(t)), radius * 0.55, '#fff')
  context.globalAlpha = 1
}

function disc(
  context: CanvasRenderingContext2D,
  { x, y }: Position,
  radius: number,
  color: string,
): void {
  context.fillStyle = color
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
