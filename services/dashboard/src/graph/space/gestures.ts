/**
 * What fingers, mouse and wheel say on the stage. One pointer turns, two zoom, a press that stays
 * where it is points at something; the plain wheel scrolls the page, with Ctrl it zooms.
 */
import type { Spot } from './legible'

export interface Gestures {
  /** Somebody took hold of the picture. */
  touched: () => void
  /** By pixels. */
  turned: (right: number, down: number) => void
  zoomed: (factor: number) => void
  tapped: (spot: Spot) => void
  /** Null where the pointer has left. */
  hovered: (spot: Spot | null) => void
}

const STAYS = 4
const WHEEL = 0.0022

interface Held {
  x: number
  y: number
  moved: number
}

const apart = ([a, b]: readonly Held[]): number => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0)

/** Listens on the stage; returns what ends it. */
export function listen(stage: HTMLElement, gestures: Gestures): () => void {
  const held = new Map<number, Held>()
  const spot = (event: MouseEvent): Spot => {
    const { left, top } = stage.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return
    gestures.touched()
    gestures.hovered(null)
    stage.setPointerCapture(event.pointerId)
    held.set(event.pointerId, { x: event.clientX, y: event.clientY, moved: 0 })
  }
  const move = (event: PointerEvent) => {
    const before = held.get(event.pointerId)
    if (!before) {
      if (event.pointerType === 'mouse') gestures.hovered(spot(event))
      return
    }
    const [right, below] = [event.clientX - before.x, event.clientY - before.y]
    const far = apart([...held.values()])
    const moved = before.moved + Math.hypot(right, below)
    held.set(event.pointerId, { x: event.clientX, y: event.clientY, moved })
    if (held.size > 1 && far > 0) gestures.zoomed(apart([...held.values()]) / far)
    else if (moved > STAYS) gestures.turned(right, below)
  }
  const up = (event: PointerEvent) => {
    const before = held.get(event.pointerId)
    held.delete(event.pointerId)
    if (before && before.moved <= STAYS && held.size === 0) gestures.tapped(spot(event))
  }
  const gone = (event: PointerEvent) => void held.delete(event.pointerId)
  const left = () => gestures.hovered(null)
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    gestures.touched()
    gestures.zoomed(Math.exp(-event.deltaY * WHEEL))
  }
  const ending = new AbortController()
  const { signal } = ending
  stage.addEventListener('pointerdown', down, { signal })
  stage.addEventListener('pointermove', move, { signal })
  stage.addEventListener('pointerup', up, { signal })
  stage.addEventListener('pointercancel', gone, { signal })
  stage.addEventListener('pointerleave', left, { signal })
  stage.addEventListener('wheel', wheel, { signal, passive: false })
  return () => ending.abort()
}
