import { afterEach, describe, expect, it, vi } from 'vitest'
import { UNARRANGED } from '../src/graph/arrangement'
import { Arranger, arranged, type Wanted } from '../src/graph/arranging'

/** Answers when it is told to. */
class SlowWorker {
  static all: SlowWorker[] = []
  onmessage: (event: { data: unknown }) => void = () => undefined
  asked: Wanted[] = []
  ended = false

  constructor() {
    SlowWorker.all.push(this)
  }

  postMessage(wanted: Wanted): void {
    this.asked.push(wanted)
  }

  terminate(): void {
    this.ended = true
  }

  answer(): void {
    const wanted = this.asked.at(-1)
    if (wanted && !this.ended) this.onmessage({ data: arranged(wanted) })
  }
}

function wanted(count: number): Wanted {
  const nodes = Array.from({ length: count }, (_, i) => `x${i}`)
  return { before: UNARRANGED, nodes, ties: [], boxes: new Map(), upright: false }
}

function crowds(): { arranger: Arranger; worker: () => SlowWorker } {
  SlowWorker.all = []
  vi.stubGlobal('Worker', SlowWorker)
  const worker = (): SlowWorker => SlowWorker.all.at(-1) as SlowWorker
  return { arranger: new Arranger(), worker }
}

describe('who finds the places', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('arranges some variables at once', () => {
    const drawn: number[] = []

    new Arranger().ask(
      () => wanted(3),
      ({ points }) => drawn.push(points.size),
    )

    expect(drawn).toEqual([3])
  })

  it('leaves a crowd to a worker, and takes only the last of what is asked meanwhile', () => {
    const { arranger, worker } = crowds()
    const drawn: number[] = []
    for (const count of [200, 300, 400]) {
      arranger.ask(
        () => wanted(count),
        ({ points }) => drawn.push(points.size),
      )
    }

    expect(drawn).toEqual([])
    worker().answer()
    worker().answer()

    expect(drawn).toEqual([200, 400])
    expect(worker().asked).toHaveLength(2)
  })

  it('puts a question when it is its turn', () => {
    const { arranger, worker } = crowds()
    let now = 200
    arranger.ask(
      () => wanted(200),
      () => {
        now = 201
      },
    )
    arranger.ask(
      () => wanted(now),
      () => undefined,
    )

    worker().answer()

    expect(worker().asked.map(({ nodes }) => nodes.length)).toEqual([200, 201])
  })

  it('is free again once it was stopped', () => {
    const { arranger, worker } = crowds()
    const drawn: number[] = []
    const ask = (count: number) =>
      arranger.ask(
        () => wanted(count),
        ({ points }) => drawn.push(points.size),
      )
    ask(200)
    ask(300)

    arranger.stop()
    ask(400)
    worker().answer()

    expect(drawn).toEqual([400])
    expect(SlowWorker.all.map(({ ended }) => ended)).toEqual([true, false])
  })
})
