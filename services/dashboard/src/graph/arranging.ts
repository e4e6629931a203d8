/** Who finds the places: the page itself for some variables, a worker beside it for many. */
import type { EdgeKey } from '../api/client'
import { type Arrangement, arrange } from './arrangement'
import type { Box } from './layout'

/** All that an arrangement depends on, as it can be handed to a worker. */
export interface Wanted {
  before: Arrangement
  nodes: readonly string[]
  ties: readonly EdgeKey[]
  /** Half the size of each variable; a point, where there is none. */
  boxes: ReadonlyMap<string, Box>
  upright: boolean
}

/** More variables than this take longer than a frame or two. */
const MANY = 150

export function arranged({ before, nodes, ties, boxes, upright }: Wanted): Arrangement {
  const box = (name: string): Box => boxes.get(name) ?? { along: 0, across: 0 }
  return arrange(before, nodes, ties, { box, upright })
}

type Done = (now: Arrangement, asked: Wanted) => void

/** Arranges one picture at a time; of those that are asked for meanwhile, the last comes next. */
export class Arranger {
  #worker: Worker | null = null
  #isBusy = false
  #next: (() => void) | null = null

  /** The question is put when it is its turn, and `done` gets the answer to it. */
  ask(question: () => Wanted, done: Done): void {
    if (this.#isBusy) {
      this.#next = () => this.ask(question, done)
      return
    }
    this.#isBusy = true
    const wanted = question()
    this.#arrange(wanted, (now) => {
      this.#isBusy = false
      done(now, wanted)
      const next = this.#next
      this.#next = null
      next?.()
    })
  }

  /** No answer comes any more, until somebody asks again. */
  stop(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.#isBusy = false
    this.#next = null
  }

  #arrange(wanted: Wanted, done: (now: Arrangement) => void): void {
    if (wanted.nodes.length <= MANY) {
      done(arranged(wanted))
      return
    }
    this.#worker ??= new Worker(new URL('./arranging.worker.ts', import.meta.url), {
      type: 'module',
    })
    this.#worker.onmessage = ({ data }: MessageEvent<Arrangement>) => done(data)
    // Where no worker can be had, the page waits.
    this.#worker.onerror = () => done(arranged(wanted))
    this.#worker.postMessage(wanted)
  }
}
