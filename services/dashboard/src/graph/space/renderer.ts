/**
 * The causal graph unrolled in time, on three.js; loaded lazily, since that is heavy.
 *
 * Promises: what is placed stays where it is while the graph lives, and the camera where the reader
 * left it; edges fade in and out; nothing moves by itself under reduced motion, and else once, in
 * a slow turn that ends at the first touch. A frame is drawn only when something has changed.
 */
import { t } from '@lingui/core/macro'
import { PerspectiveCamera, Scene, WebGLRenderer } from 'three'
import type { EdgeKey } from '../../api/client'
import { type Arrangement, arrange, remembering } from '../arrangement'
import { type Box, type Point, type Positions, stretch } from '../layout'
import type { DrawnGraph } from '../model'
import { type Palette, readPalette } from '../palette'
import { NODE_HEIGHT, nodeData } from '../shapes'
import { type Camera, FIELD, HOME, rounded, type Size, turned, zoomed } from './camera'
import { Captions, type Page } from './captions'
import { type Composed, compose, type Focus } from './compose'
import { Dots } from './dots'
import { listen } from './gestures'
import { type Inks, inksOf } from './ink'
import type { Spot } from './legible'
import { Cast, Walk } from './motion'
import { under } from './pointing'
import { Pose } from './pose'
import { type Light, Ribbons } from './ribbons'
import { Sheets } from './sheets'
import { faces, frameOf, gapOf } from './unroll'

export interface SpaceOptions {
  container: HTMLElement
  overlay: HTMLCanvasElement
  still: boolean
  /** Where the address says to stand; null is home, where the picture turns at first. */
  camera: Camera | null
  onEdge: (edge: EdgeKey | null) => void
  /** The reader has come to rest somewhere else. */
  onCamera: (camera: Camera) => void
  onTurning: (turns: boolean) => void
  /** The drawing surface was taken away, or given back. */
  onLost: (lost: boolean) => void
  /** Where variables stood when this stream was last looked at. */
  remembered: ReadonlyMap<string, Point>
  onPlaced: (placed: ReadonlyMap<string, Point>) => void
  sheetName: (lag: number) => string
}

export interface Unrolled {
  picture: DrawnGraph
  maxLag: number
}

const UNIT = 150
const MOST_PIXELS = 2
const WAVE_MS = 2200
/** So deep that no wave is seen. */
const NO_WAVE = 1e4
const REST_MS = 250
const PER_PIXEL = 0.35
/** A picture that is seen from the side is narrower than its stage. */
const ASPECT = 0.72
const RANGE = { near: 0.05, far: 400 }

/** Null where the browser gives no surface to draw in space on. */
export function surface(): { canvas: HTMLCanvasElement; context: WebGL2RenderingContext } | null {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('webgl2', { antialias: false, alpha: false })
  return context ? { canvas, context } : null
}

export class SpaceRenderer {
  readonly #options: SpaceOptions
  readonly #gl: WebGLRenderer
  readonly #scene = new Scene()
  readonly #eye = new PerspectiveCamera(FIELD)
  readonly #light: Light
  readonly #parts: { sheets: Sheets; ribs: Ribbons; dots: Dots; edges: Ribbons }
  readonly #captions: Captions
  readonly #walk = new Walk()
  readonly #cast = new Cast()
  readonly #pose: Pose
  readonly #endings: (() => void)[] = []
  #palette: Palette
  #inks: Inks
  #size: Size
  #picture: DrawnGraph = { nodes: [], edges: [], ties: [] }
  #arrangement: Arrangement
  #stretch = 1
  #maxLag = 0
  #gap = 1
  #chosen: string | null = null
  #pointed: Focus = null
  /** Null when something else is to be drawn than was. */
  #composed: Composed | null = null
  #moving = false
  #waveSince: number | null = null
  #asked = 0
  #resting = 0

  constructor(options: SpaceOptions, made: NonNullable<ReturnType<typeof surface>>) {
    this.#options = options
    this.#palette = readPalette()
    this.#inks = inksOf(this.#palette)
    this.#arrangement = remembering(options.remembered)
    this.#pose = new Pose(options.camera ?? HOME)
    this.#gl = new WebGLRenderer({ ...made, antialias: false })
    options.container.append(made.canvas)
    this.#light = {
      uPixel: { value: 1 },
      uWave: { value: NO_WAVE },
      uFlash: { value: this.#inks.text },
    }
    this.#parts = {
      sheets: new Sheets(),
      ribs: new Ribbons(this.#light, 1, 1),
      dots: new Dots(this.#light, 2),
      edges: new Ribbons(this.#light, 12, 3),
    }
    this.#scene.add(...Object.values(this.#parts).map(({ mesh }) => mesh))
    this.#captions = new Captions(options.overlay)
    this.#size = this.#measured()
    this.#fit()
    this.#listen(made.canvas)
    if (!options.still && options.camera === null) this.turn(true)
  }

  destroy(): void {
    cancelAnimationFrame(this.#asked)
    clearTimeout(this.#resting)
    for (const end of this.#endings) end()
    for (const part of Object.values(this.#parts)) part.dispose()
    this.#gl.dispose()
    this.#gl.forceContextLoss()
    this.#gl.domElement.remove()
  }

  update({ picture, maxLag }: Unrolled): void {
    this.#picture = picture
    this.#maxLag = Math.max(maxLag, ...picture.edges.map(({ lag }) => lag))
    const now = performance.now()
    const first = this.#pose.goal === null
    this.#cast.update(picture.edges, now, this.#options.still || first)
    this.#arrange(now, first)
    this.#change()
  }

  /** Show one edge as the chosen one. */
  choose(id: string | null): void {
    this.#chosen = id
    this.#change()
  }

  recolour(): void {
    this.#palette = readPalette()
    this.#inks = inksOf(this.#palette)
    this.#light.uFlash.value = this.#inks.text
    this.#change()
  }

  /** One wave from the past to now. */
  pulse(): void {
    if (this.#options.still || document.hidden) return
    this.#waveSince = performance.now()
    this.#wake()
  }

  /** Stand where an address says. */
  look(camera: Camera | null): void {
    this.turn(false)
    this.#pose.camera = camera ?? HOME
    clearTimeout(this.#resting)
    this.#wake()
  }

  zoom(factor: number): void {
    this.turn(false)
    this.#moved(zoomed(this.#pose.camera, factor))
  }

  /** By degrees. */
  orbit(right: number, up: number): void {
    this.turn(false)
    this.#moved(turned(this.#pose.camera, right, up))
  }

  reset(): void {
    this.turn(false)
    this.#moved(HOME)
  }

  /** Begin one slow turn, there and back, or stay as it is seen at this moment. */
  turn(wanted: boolean): void {
    const now = performance.now()
    if (wanted) this.#pose.turn(now)
    else if (this.#pose.stop(now)) this.#moved(this.#pose.camera)
    this.#options.onTurning(this.#pose.turns)
    this.#wake()
  }

  /** What is seen, twice as large. */
  async png(): Promise<Blob> {
    const { width, height } = this.#size
    const sheet = new OffscreenCanvas(MOST_PIXELS * width, MOST_PIXELS * height)
    const context = sheet.getContext('2d')
    if (!context) throw new Error(t`The file could not be made.`)
    const now = performance.now()
    this.#gl.setPixelRatio(MOST_PIXELS)
    const { captions } = this.#render(now)
    context.drawImage(this.#gl.domElement, 0, 0)
    this.#captions.copy(context, this.#page(captions, now), MOST_PIXELS)
    this.#fit()
    return sheet.convertToBlob({ type: 'image/png' })
  }

  get #upright(): boolean {
    return this.#size.height > this.#size.width
  }

  #measured(): Size {
    const { clientWidth, clientHeight } = this.#options.container
    return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) }
  }

  #fit(): void {
    const { width, height } = this.#size
    const ratio = Math.min(MOST_PIXELS, window.devicePixelRatio || 1)
    this.#gl.setPixelRatio(ratio)
    this.#gl.setSize(width, height, false)
    this.#captions.fit(this.#size, ratio)
    this.#wake()
  }

  #resized(): void {
    const was = this.#upright
    this.#size = this.#measured()
    this.#fit()
    if (was === this.#upright || this.#pose.goal === null) return
    this.#stretch = stretch(this.#arrangement.points, this.#aspect())
    this.#settle(performance.now(), true)
    this.#change()
  }

  #aspect(): number {
    const { width, height } = this.#size
    return ASPECT * (this.#upright ? height / width : width / height)
  }

  #arrange(now: number, first: boolean): void {
    const { nodes, ties } = this.#picture
    const before = this.#arrangement
    const upright = this.#upright
    this.#arrangement = arrange(before, nodes, ties, { box: (name) => this.#box(name), upright })
    if (this.#arrangement.pairs !== before.pairs || first) {
      this.#stretch = stretch(this.#arrangement.points, this.#aspect())
    }
    this.#options.onPlaced(this.#arrangement.placed)
    this.#settle(now, first || this.#options.still)
  }

  /** As in the flat graph, which stands at the same places. */
  #box(name: string): Box {
    const [wide, high] = [nodeData(name).width / 2 / UNIT, NODE_HEIGHT / 2 / UNIT]
    return this.#upright ? { along: high, across: wide } : { along: wide, across: high }
  }

  #settle(now: number, atOnce: boolean): void {
    const lie = { stretch: this.#stretch, upright: this.#upright }
    const front = faces(this.#arrangement.points, lie)
    this.#walk.go(front, now, atOnce)
    this.#gap = gapOf(front, this.#maxLag)
    this.#pose.goal = front.size > 0 ? frameOf(front, this.#maxLag, this.#gap) : null
    if (atOnce) this.#pose.follow(true)
  }

  #change(): void {
    this.#composed = null
    this.#wake()
  }

  #wake(): void {
    if (this.#asked === 0) this.#asked = requestAnimationFrame(this.#draw)
  }

  readonly #draw = (): void => {
    this.#asked = 0
    const now = performance.now()
    const follows = this.#pose.follow(this.#options.still)
    const moves = this.#walk.moves(now) || this.#cast.moves(now) || follows
    // What has moved until now is drawn once more, where it has come to.
    if (moves || this.#moving) this.#composed = null
    this.#moving = moves
    if (this.#pose.ended(now)) this.#options.onTurning(false)
    const { captions } = this.#render(now)
    const fades = this.#captions.paint(this.#page(captions, now), now)
    const waves = this.#waveSince !== null
    if (moves || fades || waves || this.#pose.turns) this.#wake()
  }

  #page(captions: Composed['captions'], now: number): Page {
    const view = this.#pose.lens(now, this.#size)
    return { captions, view, palette: this.#palette, size: this.#size }
  }

  #render(now: number): Composed {
    const composed = this.#composed ?? this.#recompose(now)
    const { eye } = this.#pose.lens(now, this.#size)
    const { middle } = this.#pose.frame
    this.#eye.position.set(eye.x, eye.y, eye.z)
    this.#eye.lookAt(middle.x, middle.y, middle.z)
    Object.assign(this.#eye, RANGE, { aspect: this.#size.width / this.#size.height })
    this.#eye.updateProjectionMatrix()
    const pixels = this.#size.height * this.#gl.getPixelRatio()
    this.#light.uPixel.value = (2 * Math.tan((FIELD * Math.PI) / 360)) / pixels
    this.#light.uWave.value = this.#wave(now)
    this.#gl.setClearColor(this.#palette.surface)
    this.#gl.render(this.#scene, this.#eye)
    return composed
  }

  #recompose(now: number): Composed {
    const { sheets, ribs, dots, edges } = this.#parts
    const { frame } = this.#pose
    const composed = compose({
      picture: this.#picture,
      shown: this.#cast.shown(now),
      front: this.#walk.places(now),
      flat: this.#stretched(),
      side: this.#upright ? -1 : 1,
      maxLag: this.#maxLag,
      gap: this.#gap,
      frame,
      chosen: this.#chosen,
      pointed: this.#pointed,
      inks: this.#inks,
      sheetName: this.#options.sheetName,
    })
    sheets.fill(this.#maxLag + 1, this.#gap, frame, this.#palette.nodeBorder)
    ribs.fill(composed.ribs)
    dots.fill(composed.dots)
    edges.fill(composed.edges)
    this.#composed = composed
    return composed
  }

  #stretched(): Positions {
    const wide = ({ x, y }: Point) => ({ x: x * this.#stretch, y })
    return new Map([...this.#arrangement.points].map(([name, point]) => [name, wide(point)]))
  }

  #wave(now: number): number {
    if (this.#waveSince === null) return NO_WAVE
    const done = (now - this.#waveSince) / WAVE_MS
    if (done >= 1) this.#waveSince = null
    const deep = this.#maxLag * this.#gap + 2
    return done >= 1 ? NO_WAVE : done * deep - deep + 1
  }

  /** The address hears of it once the reader rests. */
  #moved(camera: Camera): void {
    this.#pose.camera = camera
    this.#wake()
    clearTimeout(this.#resting)
    const rest = () => this.#options.onCamera(rounded(this.#pose.camera))
    this.#resting = window.setTimeout(rest, REST_MS)
  }

  #listen(canvas: HTMLCanvasElement): void {
    const { container, onLost } = this.#options
    const resizing = new ResizeObserver(() => this.#resized())
    resizing.observe(container)
    const end = listen(container, {
      touched: () => this.turn(false),
      turned: (right, down) => this.orbit(-PER_PIXEL * right, PER_PIXEL * down),
      zoomed: (factor) => this.zoom(factor),
      tapped: (spot) => this.#tapped(spot),
      hovered: (spot) => this.#hovered(spot),
    })
    const ending = new AbortController()
    const { signal } = ending
    canvas.addEventListener('webglcontextlost', () => onLost(true), { signal })
    const restored = () => {
      onLost(false)
      this.#change()
    }
    canvas.addEventListener('webglcontextrestored', restored, { signal })
    this.#endings.push(
      end,
      () => resizing.disconnect(),
      () => ending.abort(),
    )
  }

  #under(spot: Spot): Focus {
    const now = performance.now()
    const curves = this.#composed?.curves ?? new Map()
    const there = { front: this.#walk.places(now), curves }
    return under(spot, there, this.#pose.lens(now, this.#size))
  }

  #tapped(spot: Spot): void {
    const id = this.#under(spot)?.edge
    const edge = this.#picture.edges.find((each) => each.id === id)
    this.#options.onEdge(edge ? { source: edge.source, target: edge.target, lag: edge.lag } : null)
  }

  #hovered(spot: Spot | null): void {
    const pointed = spot && this.#under(spot)
    const [edge, variable] = [pointed?.edge, pointed?.variable]
    if (edge === this.#pointed?.edge && variable === this.#pointed?.variable) return
    this.#pointed = pointed
    this.#options.container.style.cursor = edge ? 'pointer' : ''
    this.#change()
  }
}
