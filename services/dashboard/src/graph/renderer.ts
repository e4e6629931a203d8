/**
 * The live causal graph on cytoscape; loaded lazily, since it is most of the page's weight.
 *
 * Promises: what is placed stays where it is while the graph lives (a full rearrangement happens
 * only when most links have changed, or when the reader asks); an edge that appears fades in with
 * a halo, one that goes fades out; nothing moves by itself under reduced motion.
 */
import cytoscape, { type Core, type EdgeSingular, type NodeSingular } from 'cytoscape'
import type { EdgeKey } from '../api/client'
import { type Arrangement, pinned, remembering, UNARRANGED } from './arrangement'
import { Arranger, type Wanted } from './arranging'
import { bows } from './bows'
import { type Box, levels, type Point, type Positions, stretch } from './layout'
import type { DrawnEdge, DrawnGraph } from './model'
import { type Palette, readPalette, stylesheet } from './palette'
import { framed } from './png'
import { Pulses } from './pulses'
import { edgeData, NODE_HEIGHT, nodeData, nodeKey } from './shapes'
import { svgOf } from './svg'

export interface RendererOptions {
  container: HTMLElement
  overlay: HTMLCanvasElement
  still: boolean
  onEdge: (edge: EdgeKey | null) => void
  /** Where variables stood when this stream was last looked at. */
  remembered: ReadonlyMap<string, Point>
  onPlaced: (placed: ReadonlyMap<string, Point>) => void
}

const UNIT = 150
const FADE_MS = 700
/** With more edges than this, lags are told only of those that the reader points at. */
const LABELLED = 24
/**
 * With more edges than this the picture is a crowd, and every frame counts: edges run straight but
 * for those that share a pair, come and go at once, and stay as they are when pointed at.
 */
const CROWD = 400
/** A style remembers every value that it ever gave, so a new one takes its place now and then. */
const GRAPHS_PER_STYLE = 50
/** So many widths in a pixel: the size of an arrow is remembered for each. */
const WIDTHS = 10
/** Of a wave, so many of the strongest edges carry a pulse. */
const PULSES = 120
const PLAIN = { selector: 'edge.plain', style: { 'curve-style': 'bezier' } } as const
/** Classes of the moment, which an update of the edge must not take away. */
const PASSING = ['lit', 'faded']

export class GraphRenderer {
  readonly #cy: Core
  readonly #options: RendererOptions
  readonly #pulses: Pulses
  readonly #arranger = new Arranger()
  readonly #resizing: ResizeObserver
  #palette: Palette
  #arrangement: Arrangement
  #levels: ReadonlyMap<string, number> = new Map()
  /** What is wanted, and what is drawn: a crowd takes its time to be arranged. */
  #wanted: DrawnGraph = { nodes: [], edges: [], ties: [] }
  #picture = this.#wanted
  #tidied = false
  #isCrowd = false
  #drawn = 0
  #upright: boolean
  #stretch = 1
  #chosen: string | null = null
  #fitted = false

  constructor(options: RendererOptions) {
    this.#options = options
    this.#palette = readPalette()
    this.#arrangement = remembering(options.remembered)
    const { clientWidth, clientHeight } = options.container
    this.#upright = clientHeight > clientWidth
    this.#cy = cytoscape({
      container: options.container,
      style: this.#stylesheet(),
      layout: { name: 'preset' },
      minZoom: 0.03,
      maxZoom: 2.5,
      textureOnViewport: true,
      boxSelectionEnabled: false,
      selectionType: 'single',
    })
    this.#pulses = new Pulses(options.overlay)
    this.#resizing = new ResizeObserver(() => this.#resized())
    this.#resizing.observe(options.container)
    this.#listen()
  }

  destroy(): void {
    this.#resizing.disconnect()
    this.#arranger.stop()
    this.#pulses.stop()
    this.#cy.destroy()
  }

  update(picture: DrawnGraph): void {
    this.#wanted = picture
    this.#arrange()
  }

  /** Show one edge as the chosen one. */
  choose(id: string | null): void {
    this.#chosen = id
    this.#cy.edges('.chosen').removeClass('chosen')
    if (id) this.#cy.getElementById(id).addClass('chosen')
  }

  recolour(): void {
    this.#palette = readPalette()
    this.#cy.style(this.#stylesheet())
  }

  /** One wave of pulses from causes to effects. */
  pulse(): void {
    if (this.#options.still || document.hidden) return
    const found = this.#cy.edges('[lag >= 0]').not('.missed, .leaving')
    const strongest = found.sort((a, b) => b.data('width') - a.data('width')).slice(0, PULSES)
    this.#pulses.send(strongest.map((edge) => this.#pulseOf(edge as EdgeSingular)))
  }

  fit(animated = true): void {
    const padding = this.#cy.width() < 480 ? 24 : 48
    const duration = animated && !this.#options.still ? 350 : 0
    if (duration) this.#cy.animate({ fit: { eles: this.#cy.nodes(), padding }, duration })
    else this.#cy.fit(this.#cy.nodes(), padding)
    if (!duration && this.#cy.zoom() > 1.5) this.zoom(1.5 / this.#cy.zoom())
  }

  zoom(factor: number): void {
    const centre = { x: this.#cy.width() / 2, y: this.#cy.height() / 2 }
    this.#cy.zoom({ level: this.#cy.zoom() * factor, renderedPosition: centre })
  }

  /** Forget every place, also those chosen by hand, and arrange all anew. */
  tidy(): void {
    this.#arrangement = UNARRANGED
    this.#tidied = true
    this.#arrange()
  }

  svg(): string {
    return svgOf(this.#cy, this.#palette.surface)
  }

  async png(): Promise<Blob> {
    const bg = this.#palette.surface
    const whole = { output: 'blob-promise', bg, full: true, scale: 2, maxWidth: 6000 } as const
    return framed(await this.#cy.png(whole), bg)
  }

  #stylesheet() {
    return [...stylesheet(this.#palette, this.#options.still || this.#isCrowd), PLAIN]
  }

  #pulseOf(edge: EdgeSingular) {
    const lag = Number(edge.data('lag'))
    const negative = edge.hasClass('negative')
    return {
      edge,
      color: negative ? this.#palette.negative : this.#palette.positive,
      radius: 2.6 + Number(edge.data('width')) / 3,
      delayMs: 420 * (this.#levels.get(String(edge.data('from'))) ?? 0),
      durationMs: 600 + 320 * Math.min(lag, 6),
    }
  }

  #syncNodes(): void {
    const { onPath } = this.#picture
    const names = new Set(this.#picture.nodes)
    const linked = new Set(
      this.#picture.ties.flatMap((t) => (t.source === t.target ? [] : [t.source, t.target])),
    )
    this.#cy
      .nodes()
      .filter((node) => !names.has(node.data('label')))
      .remove()
    const fresh = [...names].filter((name) => this.#cy.getElementById(nodeKey(name)).empty())
    this.#cy.add(fresh.map((name) => ({ group: 'nodes' as const, data: nodeData(name) })))
    for (const name of names) {
      const node = this.#cy.getElementById(nodeKey(name))
      node.toggleClass('alone', !linked.has(name))
      node.toggleClass('on-path', onPath?.has(name) === true)
      node.toggleClass('off-path', onPath?.has(name) === false)
    }
  }

  /** Find places for what is wanted, and then draw it. */
  #arrange(): void {
    let picture = this.#wanted
    const question = (): Wanted => {
      picture = this.#wanted
      return this.#question(picture)
    }
    this.#arranger.ask(question, (now, { before }) => {
      // The reader has moved something meanwhile: what he did counts.
      if (before === this.#arrangement) this.#draw(picture, now)
      else this.#arrange()
    })
  }

  #question({ nodes, ties }: DrawnGraph): Wanted {
    const boxes = new Map(nodes.map((name) => [name, this.#box(name)]))
    return { before: this.#arrangement, nodes, ties, boxes, upright: this.#upright }
  }

  #draw(picture: DrawnGraph, now: Arrangement): void {
    const { pairs } = this.#arrangement
    this.#picture = picture
    this.#restyle(picture.edges.length > CROWD)
    this.#arrangement = now
    if (now.pairs !== pairs) this.#stretch = stretch(now.points, this.#aspect())
    this.#levels = levels(picture.nodes, picture.ties)
    this.#options.onPlaced(now.placed)
    this.#cy.batch(() => {
      this.#syncNodes()
      this.#moveAll()
      this.#syncEdges()
    })
    if (!this.#fitted) this.fit(false)
    this.#fitted = picture.nodes.length > 0
    if (this.#tidied) setTimeout(() => this.fit(), this.#options.still ? 0 : FADE_MS)
    this.#tidied = false
    this.#cy.one('render', () => {
      this.#options.container.dataset.drawn = String(picture.edges.length)
    })
  }

  #restyle(isCrowd: boolean): void {
    this.#drawn += 1
    if (isCrowd === this.#isCrowd && this.#drawn % GRAPHS_PER_STYLE > 0) return
    this.#isCrowd = isCrowd
    this.#cy.style(this.#stylesheet())
  }

  #moveAll(): void {
    for (const [name, point] of this.#arrangement.points) {
      this.#move(this.#cy.getElementById(nodeKey(name)), point)
    }
  }

  #box(name: string): Box {
    const [wide, high] = [nodeData(name).width / 2 / UNIT, NODE_HEIGHT / 2 / UNIT]
    // Across lies the width of a label while the graph stands upright.
    return this.#upright ? { along: high, across: wide } : { along: wide, across: high }
  }

  #aspect(): number {
    const ratio = this.#cy.width() / Math.max(1, this.#cy.height())
    return this.#upright ? 1 / ratio : ratio
  }

  #move(node: NodeSingular, point: Point): void {
    const [along, across] = [point.x * this.#stretch * UNIT, point.y * UNIT]
    const to = this.#upright ? { x: across, y: along } : { x: along, y: across }
    const now = node.position()
    if (Math.hypot(now.x - to.x, now.y - to.y) < 0.5) return
    const isNew = !node.scratch('placed')
    node.scratch('placed', true)
    node.stop()
    if (isNew || this.#options.still) node.position(to)
    else node.animate({ position: to, duration: FADE_MS, easing: 'ease-in-out-cubic' })
  }

  #syncEdges(): void {
    const wanted = new Map(this.#picture.edges.map((edge) => [edge.id, edge]))
    const bow = this.#isCrowd ? new Map() : bows(this.#picture.edges, this.#stretched())
    const side = this.#upright ? -UNIT : UNIT
    this.#cy.edges().forEach((edge) => {
      if (!wanted.has(edge.id())) this.#fadeOut(edge)
    })
    const added = [...wanted.values()].flatMap(
      (edge) => this.#syncEdge(edge, side * (bow.get(edge.id) ?? 0)) ?? [],
    )
    const entering = this.#cy.add(added).filter('.entering')
    if (entering.nonempty()) requestAnimationFrame(() => entering.removeClass('entering'))
  }

  #stretched(): Positions {
    const wide = ({ x, y }: Point) => ({ x: x * this.#stretch, y })
    return new Map([...this.#arrangement.points].map(([name, point]) => [name, wide(point)]))
  }

  /** Bring an edge up to date; what is to be added where it is not there yet. */
  #syncEdge(edge: DrawnEdge, bow: number) {
    const { data, classes } = edgeData(edge, bow)
    data.width = Math.round(WIDTHS * data.width) / WIDTHS
    classes.push(...this.#common)
    if (edge.id === this.#chosen) classes.push('chosen')
    const known = this.#cy.getElementById(edge.id)
    const told = JSON.stringify([data, classes])
    if (known.empty()) {
      const entering = this.#fitted && !this.#isCrowd ? ['entering'] : []
      return {
        group: 'edges' as const,
        data,
        classes: [...classes, ...entering],
        scratch: { told },
      }
    }
    if (known.scratch('told') === told && !known.hasClass('leaving')) return null
    known.scratch('told', told)
    known.data(data)
    known.classes([...classes, ...PASSING.filter((name) => known.hasClass(name))])
    return null
  }

  /** Classes that all edges have, for how many they are. */
  get #common(): string[] {
    const many = this.#picture.edges.length > LABELLED
    return [...(many ? ['unlabelled'] : []), ...(this.#isCrowd ? ['plain'] : [])]
  }

  #fadeOut(edge: EdgeSingular): void {
    if (edge.hasClass('leaving')) return
    edge.addClass('leaving')
    const gone = () => {
      if (edge.hasClass('leaving')) edge.remove()
    }
    setTimeout(gone, this.#options.still || this.#isCrowd ? 0 : FADE_MS)
  }

  #resized(): void {
    this.#cy.resize()
    const { clientWidth, clientHeight } = this.#options.container
    if (clientHeight > clientWidth !== this.#upright) this.#turn()
    this.fit(false)
  }

  /** From causes left of effects to causes above effects, or back: a phone is held upright. */
  #turn(): void {
    this.#upright = !this.#upright
    this.#stretch = stretch(this.#arrangement.points, this.#aspect())
    this.#cy.nodes().forEach((node) => void node.scratch('placed', false))
    this.#moveAll()
    this.#syncEdges()
  }

  #listen(): void {
    this.#cy.on('tap', 'edge', ({ target }) => this.#options.onEdge(keyOf(target)))
    this.#cy.on('tap', ({ target }) => {
      if (target === this.#cy) this.#options.onEdge(null)
    })
    this.#cy.on('mouseover', 'node', ({ target }) => this.#light(target.closedNeighborhood()))
    this.#cy.on('mouseover', 'edge', ({ target }) =>
      this.#light(target.union(target.connectedNodes())),
    )
    this.#cy.on('mouseout', 'node, edge', () =>
      this.#cy.elements('.lit, .faded').removeClass('lit faded'),
    )
    this.#cy.on('dragfree', 'node', ({ target }) => this.#dragged(target))
  }

  #light(near: cytoscape.CollectionReturnValue): void {
    if (this.#isCrowd) return
    this.#cy.elements().addClass('faded').removeClass('lit')
    near.removeClass('faded').addClass('lit')
  }

  #dragged(node: NodeSingular): void {
    const { x, y } = node.position()
    const [along, across] = this.#upright ? [y, x] : [x, y]
    const point = { x: along / UNIT / this.#stretch, y: across / UNIT }
    this.#arrangement = pinned(this.#arrangement, String(node.data('label')), point)
    this.#arrange()
  }
}

function keyOf(edge: EdgeSingular): EdgeKey {
  return { source: edge.data('from'), target: edge.data('to'), lag: edge.data('lag') }
}
