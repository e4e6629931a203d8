/**
 * Where the reader stands, from moment to moment: as he chose, in one slow turn there and back that
 * ends where it began, and with a frame that follows the graph softly. Pure; milliseconds.
 */
import { type Camera, type Frame, type Lens, lens, type Size, turned, type Vector } from './camera'

const ROUND_MS = 48_000
const SWAY = 24
const FOLLOWS = 0.12
const NEAR = 1e-3

const UNIT: Frame = { middle: { x: 0, y: 0, z: 0 }, half: { x: 1, y: 1, z: 1 } }

const gap = (a: Vector, b: Vector): number =>
  Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y), Math.abs(a.z - b.z))

const nearer = (a: Vector, b: Vector, share: number): Vector => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
  z: a.z + (b.z - a.z) * share,
})

export class Pose {
  camera: Camera
  frame = UNIT
  /** What the frame becomes; null while there is nothing to frame. */
  goal: Frame | null = null
  #since: number | null = null

  constructor(camera: Camera) {
    this.camera = camera
  }

  get turns(): boolean {
    return this.#since !== null
  }

  turn(now: number): void {
    this.#since = now
  }

  /** Stay as it is seen at this moment; whether there was a turn to stop. */
  stop(now: number): boolean {
    if (this.#since === null) return false
    this.camera = this.#at(now)
    this.#since = null
    return true
  }

  /** Whether the turn has come to its end by itself. */
  ended(now: number): boolean {
    if (this.#since === null || now < this.#since + ROUND_MS) return false
    this.#since = null
    return true
  }

  /** A frame's worth nearer to the goal; whether the frame has changed. */
  follow(still: boolean): boolean {
    const { frame, goal } = this
    if (!goal || goal === frame) return false
    const near = Math.max(gap(frame.middle, goal.middle), gap(frame.half, goal.half)) < NEAR
    this.frame =
      still || near
        ? goal
        : {
            middle: nearer(frame.middle, goal.middle, FOLLOWS),
            half: nearer(frame.half, goal.half, FOLLOWS),
          }
    return true
  }

  lens(now: number, size: Size): Lens {
    return lens(this.frame, this.#at(now), size)
  }

  #at(now: number): Camera {
    if (this.#since === null) return this.camera
    const done = Math.max(0, now - this.#since) / ROUND_MS
    return turned(this.camera, SWAY * Math.sin(2 * Math.PI * done), 0)
  }
}
