/**
 * Names, lags and times, written on a flat canvas above the scene, so that they face the reader.
 * Each text is drawn once and then copied: drawing letters anew in every frame is slow.
 */
import type { Palette } from '../palette'
import type { Lens, Size } from './camera'
import type { Caption } from './compose'
import { type Label, legible } from './legible'

const FONT = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif'
const FACES: Record<Caption['kind'], string> = {
  name: `600 13px ${FONT}`,
  past: `400 11px ${FONT}`,
  sheet: `600 11.5px ${FONT}`,
  edge: `400 10.5px ${FONT}`,
}
const HIGH = 15
/** Around the letters, in the colour of the ground. */
const HALO = 4
/** Between a label and the rim of the picture. */
const EDGE = 5
const BELOW = { name: 11, past: 9, sheet: -9, edge: 0 }
const FADE_MS = 60
const LONGEST_MS = 120
const MOST_STAMPS = 2000

type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

interface Written extends Label {
  caption: Caption
}

export interface Page {
  captions: readonly Caption[]
  view: Lens
  palette: Palette
  size: Size
}

export class Captions {
  readonly #context: CanvasRenderingContext2D
  readonly #widths = new Map<string, number>()
  readonly #stamps = new Map<string, OffscreenCanvas>()
  /** How much of each can be seen. */
  readonly #there = new Map<string, number>()
  #painted = 0

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d')
    if (!context) throw new Error('no 2d context')
    this.#context = context
  }

  fit({ width, height }: Size, ratio: number): void {
    const { canvas } = this.#context
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
  }

  /** Write what can be read from there; says whether some come or go yet. */
  paint(page: Page, now: number): boolean {
    const all = this.#placed(page)
    const fades = this.#fade(all, now)
    const { canvas } = this.#context
    this.#context.clearRect(0, 0, canvas.width, canvas.height)
    this.#write(this.#context, all, page.palette, canvas.width / page.size.width)
    return fades
  }

  /** The same in another picture, `scale` times as large. */
  copy(target: Pen, page: Page, scale: number): void {
    this.#write(target, this.#placed(page), page.palette, scale)
  }

  #write(pen: Pen, all: readonly Written[], palette: Palette, scale: number): void {
    for (const { caption, key, x, y } of all) {
      const there = this.#there.get(key) ?? 0
      if (there < 0.02) continue
      const stamp = this.#stamp(caption, palette, scale)
      pen.globalAlpha = there
      const [left, top] = [x * scale - stamp.width / 2, y * scale - stamp.height / 2]
      pen.drawImage(stamp, Math.round(left), Math.round(top))
    }
    pen.globalAlpha = 1
  }

  #placed({ captions, view, size }: Page): Written[] {
    return captions.flatMap((caption) => {
      const { x, y, depth } = view.project(caption.at)
      const inside = depth > 0 && x > 0 && x < size.width && y > 0 && y < size.height
      if (!inside) return []
      const { key, kind, rank } = caption
      const width = this.#width(caption)
      const [left, right] = [width / 2 + EDGE, size.width - width / 2 - EDGE]
      const within = Math.max(left, Math.min(right, x))
      return [{ caption, key, x: within, y: y + BELOW[kind], width, height: HIGH, rank }]
    })
  }

  #width({ text, kind }: Caption): number {
    const key = `${kind} ${text}`
    let width = this.#widths.get(key)
    if (width === undefined) {
      this.#context.font = FACES[kind]
      width = this.#context.measureText(text).width
      this.#widths.set(key, width)
    }
    return width
  }

  #stamp(caption: Caption, palette: Palette, scale: number): OffscreenCanvas {
    const { text, kind, colour } = caption
    const key = JSON.stringify([text, kind, palette[colour], palette.surface, scale])
    const known = this.#stamps.get(key)
    if (known) return known
    if (this.#stamps.size > MOST_STAMPS) this.#stamps.clear()
    const made = new OffscreenCanvas(
      Math.ceil((this.#width(caption) + 2 * HALO) * scale),
      Math.ceil((HIGH + 2 * HALO) * scale),
    )
    const pen = made.getContext('2d')
    if (pen) letter(pen, caption, palette, scale)
    this.#stamps.set(key, made)
    return made
  }

  #fade(all: readonly Written[], now: number): boolean {
    const shown = legible(all)
    const lingers = Math.exp(-Math.min(LONGEST_MS, now - this.#painted) / FADE_MS)
    this.#painted = now
    let fades = false
    const keys = new Set(all.map(({ key }) => key))
    for (const key of this.#there.keys()) if (!keys.has(key)) this.#there.delete(key)
    for (const key of keys) {
      const wanted = shown.has(key) ? 1 : 0
      const after = wanted + ((this.#there.get(key) ?? wanted) - wanted) * lingers
      const near = Math.abs(after - wanted) < 0.02
      this.#there.set(key, near ? wanted : after)
      fades ||= !near
    }
    return fades
  }
}

function letter(pen: Pen, { text, kind, colour }: Caption, palette: Palette, scale: number): void {
  const { width, height } = pen.canvas
  pen.scale(scale, scale)
  pen.font = FACES[kind]
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.lineJoin = 'round'
  pen.lineWidth = HALO
  pen.strokeStyle = palette.surface
  pen.fillStyle = palette[colour]
  pen.strokeText(text, width / scale / 2, height / scale / 2)
  pen.fillText(text, width / scale / 2, height / scale / 2)
}
