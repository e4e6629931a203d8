import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { type DrawnEdge, drawn, edgeId, type Mark, NO_FILTERS } from '../src/graph/model'
import {
  type Camera,
  FIELD,
  type Frame,
  HOME,
  lens,
  readCamera,
  turned,
  type Vector,
  writeCamera,
  zoomed,
} from '../src/graph/space/camera'
import { compose, type Scenery } from '../src/graph/space/compose'
import type { Inks } from '../src/graph/space/ink'
import { type Label, legible, nearest, toLine } from '../src/graph/space/legible'
import { Cast, FADE_MS, Walk } from '../src/graph/space/motion'
import { under } from '../src/graph/space/pointing'
import { Pose } from '../src/graph/space/pose'
import { at, curveOf, faces, frameOf, gapOf } from '../src/graph/space/unroll'
import { neighbour } from '../src/pages/stream/walk'
import { edge, graph } from './examples'

const size = { width: 800, height: 500 }
const frame: Frame = { middle: { x: 1, y: -2, z: -3 }, half: { x: 4, y: 2, z: 3 } }
const signs = [-1, 1]
const corners = signs.flatMap((x) =>
  signs.flatMap((y) =>
    signs.map((z) => ({
      x: frame.middle.x + x * frame.half.x,
      y: frame.middle.y + y * frame.half.y,
      z: frame.middle.z + z * frame.half.z,
    })),
  ),
)
const cameras: Camera[] = [
  HOME,
  { azimuth: 0, elevation: 0, zoom: 100 },
  { azimuth: 170, elevation: 70, zoom: 100 },
  { azimuth: -90, elevation: -85, zoom: 100 },
]

describe('the camera', () => {
  it.each(cameras)('has the whole box in the picture, and fills it: %o', (camera) => {
    const { project } = lens(frame, camera, size)

    const seen = corners.map(project)

    expect(seen.every(({ x, y }) => x > 0 && x < 800 && y > 0 && y < 500)).toBe(true)
    const reach = seen.map(({ x, y }) => Math.max(Math.abs(x / 400 - 1), Math.abs(y / 250 - 1)))
    expect(Math.max(...reach)).toBeGreaterThan(0.9)
  })

  it.each(cameras)('sees labels where three.js draws what they name: %o', (camera) => {
    const { eye, project } = lens(frame, camera, size)
    const theirs = new PerspectiveCamera(FIELD, 800 / 500, 0.05, 400)
    theirs.position.set(eye.x, eye.y, eye.z)
    theirs.lookAt(frame.middle.x, frame.middle.y, frame.middle.z)
    theirs.updateMatrixWorld()

    for (const corner of corners) {
      const drawnAt = new Vector3(corner.x, corner.y, corner.z).project(theirs)
      const { x, y } = project(corner)

      expect(x).toBeCloseTo(400 + 400 * drawnAt.x, 3)
      expect(y).toBeCloseTo(250 - 250 * drawnAt.y, 3)
    }
  })

  it('sees the past to the left of now at home', () => {
    const { project } = lens(frame, HOME, size)

    const now = project({ x: 1, y: -2, z: 0 })
    const past = project({ x: 1, y: -2, z: -6 })

    expect(past.x).toBeLessThan(now.x)
    expect(past.depth).toBeGreaterThan(now.depth)
  })

  it('goes round, but never over the top, and neither too near nor too far', () => {
    const camera = zoomed(turned({ azimuth: 170, elevation: 80, zoom: 700 }, 30, 40), 9)

    expect(camera).toEqual({ azimuth: -160, elevation: 85, zoom: 800 })
    expect(zoomed(camera, 1e-6).zoom).toBe(40)
  })

  it('is the same after a way through the address, to a degree', () => {
    const camera = { azimuth: -179.6, elevation: -12.4, zoom: 212.2 }

    expect(readCamera(writeCamera(camera))).toEqual({ azimuth: -180, elevation: -12, zoom: 212 })
    expect(writeCamera(HOME)).toBe('')
    expect(readCamera('720,99,9')).toEqual({ azimuth: 0, elevation: 85, zoom: 40 })
    expect(['', 'a,b,c', '1,2', '1,2,3,4', null].map(readCamera)).toEqual(Array(5).fill(null))
  })
})

describe('a pose', () => {
  const box = (x: number): Frame => ({ ...frame, middle: { x, y: 0, z: 0 } })

  it('turns once, there and back, and is kept as it is when somebody takes hold', () => {
    const pose = new Pose(HOME)
    pose.turn(0)
    expect(pose.stop(12_000)).toBe(true)
    const { azimuth } = pose.camera
    expect(azimuth).not.toBe(HOME.azimuth)
    pose.turn(20_000)
    expect(pose.ended(60_000)).toBe(false)
    expect(pose.ended(120_000)).toBe(true)

    expect(pose.camera.azimuth).toBe(azimuth)
    expect(pose.stop(121_000)).toBe(false)
  })

  it('follows a graph that grows step by step, and at once where nothing may move', () => {
    const pose = new Pose(HOME)
    pose.goal = box(0)
    pose.follow(true)
    pose.goal = box(1)
    pose.follow(false)
    const first = pose.frame.middle.x
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(0.5)
    let steps = 0
    while (pose.follow(false)) steps += 1

    expect(steps).toBeLessThan(100)
    expect(pose.frame).toEqual(box(1))
  })
})

const layout = new Map([
  ['x0', { x: 0, y: 0 }],
  ['x1', { x: 2, y: 1 }],
  ['x2', { x: 4, y: 0 }],
])
const front = faces(layout, { stretch: 1, upright: false })

describe('unrolling', () => {
  it('leads an edge from its source, as many sheets back as its lag, to its target now', () => {
    const lead = { source: 'x0', target: 'x1', lag: 2 }

    const curve = curveOf(lead, front, { gap: 0.5, bow: 0 })
    const again = curveOf(lead, front, { gap: 0.5, bow: 0, earlier: 1 })

    expect(curve).toMatchObject({ from: { x: 0, y: -0, z: -1 }, to: { x: 2, y: -1, z: 0 } })
    expect(again).toMatchObject({ from: { z: -1.5 }, to: { z: -0.5 } })
    expect(curveOf({ ...lead, target: 'nobody' }, front, { gap: 1, bow: 0 })).toBeNull()
  })

  it('bows an edge to the same hand as the flat graph, also upright', () => {
    const walk = { source: 'x0', target: 'x2', lag: 0 }
    const upright = faces(layout, { stretch: 1, upright: true })

    // Right of a walker to the right is below him; downwards it is on the picture's left.
    expect(curveOf(walk, front, { gap: 1, bow: 1 })?.via.y).toBe(-1)
    expect(curveOf(walk, upright, { gap: 1, bow: 1 })?.via.x).toBe(-1)
  })

  it('keeps the sheets of many lags as deep as those of few, and never on each other', () => {
    const wide = faces(
      new Map([
        ['a', { x: 0, y: 0 }],
        ['b', { x: 6, y: 3 }],
      ]),
      { stretch: 1, upright: false },
    )

    expect(5 * gapOf(wide, 5)).toBeCloseTo(4 * gapOf(wide, 4))
    expect(gapOf(wide, 200)).toBeGreaterThan(0.3)
    expect(frameOf(wide, 4, 1)).toMatchObject({ middle: { x: 3, y: -1.5, z: -2 }, half: { z: 2 } })
    expect(frameOf(new Map(), 0, 1).half.x).toBe(1)
  })
})

const inks = new Proxy({}, { get: (_, name) => [String(name).charCodeAt(0), 0, 0] }) as Inks

function scenery(edges: ReturnType<typeof edge>[], rest: Partial<Scenery> = {}): Scenery {
  const picture = drawn(graph(edges, ['x0', 'x1', 'x2']), NO_FILTERS, null)
  return {
    picture,
    shown: picture.edges.map((each) => [each, 1] as const),
    front,
    flat: layout,
    side: 1,
    maxLag: 3,
    gap: 1,
    frame: frameOf(front, 3, 1),
    chosen: null,
    pointed: null,
    inks,
    sheetName: (lag) => `t-${lag}`,
    ...rest,
  }
}

describe('what is drawn', () => {
  const edges = [edge('x0', 'x1', 2, { effect: 0.6 }), edge('x0', 'x1', 1, { effect: -0.3 })]
  const texts = (one: Scenery) => compose(one).captions.map(({ text, sheet }) => `${text} ${sheet}`)

  it('names every step, all variables now, and of the past where edges begin', () => {
    const said = texts(scenery(edges))

    expect(said).toEqual(expect.arrayContaining(['t-0 0', 't-1 1', 't-2 2', 't-3 3']))
    expect(said.filter((text) => text.startsWith('x')).sort()).toEqual(
      ['x0 0', 'x0 1', 'x0 2', 'x1 0', 'x2 0'].sort(),
    )
  })

  it('leads a line of time through variables with an edge, not through the others', () => {
    const { dots } = compose(scenery(edges))
    const places = dots.map(({ at: { x, z } }) => `${x},${-z}`)

    expect(places.filter((place) => place.startsWith('0,'))).toHaveLength(4)
    expect(places.filter((place) => place.startsWith('4,'))).toEqual(['4,0'])
  })

  it('draws the chosen edge with a shine, and again one step earlier while that is in sight', () => {
    const plain = compose(scenery(edges)).edges
    const chosen = (lag: number) =>
      compose(
        scenery([edge('x0', 'x1', lag)], { chosen: edgeId({ source: 'x0', target: 'x1', lag }) }),
      )
    const steps = (lag: number) =>
      chosen(lag).edges.map(({ curve }) => Math.abs(Math.round(curve.to.z)))

    expect(plain).toHaveLength(2)
    expect(steps(2)).toEqual([0, 1, 0])
    expect(steps(3)).toEqual([0, 0])
    expect(chosen(2).captions.find(({ kind }) => kind === 'edge')?.text).toContain('2')
  })

  it('pales what the reader does not point at, and tells apart sign, width and certainty', () => {
    const certain = [
      edge('x0', 'x1', 2, { effect: 0.6, stability: 1 }),
      edge('x1', 'x2', 1, { effect: -0.3, stability: 0.2 }),
    ]
    const [strong, weak] = compose(scenery(certain)).edges
    const [near, far] = compose(scenery(certain, { pointed: { variable: 'x0' } })).edges

    expect(strong?.width).toBeGreaterThan(weak?.width as number)
    expect(strong?.alpha).toBeGreaterThan(weak?.alpha as number)
    expect([strong?.line, weak?.line]).toEqual(['solid', 'dashed'])
    expect(strong?.ink).not.toEqual(weak?.ink)
    expect(near?.alpha).toBeGreaterThan(0.8)
    expect(far?.alpha).toBeLessThan(0.2)
  })

  it('shows what became of edges between two moments as the flat graph does', () => {
    const [one, other] = scenery(edges).shown.map(([each]) => each)
    const marked = (mark: Mark) =>
      compose(scenery(edges, { shown: [[{ ...(one as DrawnEdge), mark }, 1]] }))

    expect(marked('appeared').edges).toHaveLength(2)
    expect(marked('same').edges.map(({ alpha }) => alpha)).toEqual([0.22])
    expect(marked('vanished').edges[0]?.line).toBe('dashed')
    expect(marked('flipped').captions.some(({ key }) => key === one?.id)).toBe(true)
    expect(marked('off-path').captions.some(({ key }) => key === other?.id)).toBe(false)
  })

  it('is found under the pointer: a variable first, else an edge, else nothing', () => {
    const { curves } = compose(scenery(edges))
    const view = lens(frameOf(front, 3, 1), HOME, size)
    const spot = (v: Vector) => view.project(v)
    const id = edgeId({ source: 'x0', target: 'x1', lag: 2 })
    const middle = at(curves.get(id) as NonNullable<ReturnType<typeof curves.get>>, 0.5)

    expect(under(spot(front.get('x1') as Vector), { front, curves }, view)).toEqual({
      variable: 'x1',
    })
    expect(under(spot(middle), { front, curves }, view)).toEqual({ edge: id })
    expect(under({ x: 3, y: 3 }, { front, curves }, view)).toBeNull()
  })
})

describe('labels', () => {
  const label = (key: string, x: number, rank: number): Label => ({
    key,
    x,
    y: 0,
    width: 50,
    height: 15,
    rank,
  })

  it('hide those of a lower rank that they would cover, and no others', () => {
    const labels = [label('far', 20, 9), label('near', 0, 1), label('aside', 80, 9)]

    expect([...legible(labels)].sort()).toEqual(['aside', 'near'])
  })

  it('never lie on each other, however many there are', () => {
    const many = Array.from({ length: 200 }, (_, i) => label(String(i), (i * 37) % 1000, i % 7))
    const shown = many.filter(({ key }) => legible(many).has(key)).map(({ x }) => x)
    const gaps = shown.sort((a, b) => a - b).map((x, i, all) => x - (all[i - 1] ?? -99))

    expect(shown.length).toBeGreaterThan(10)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(45)
  })

  it('are reached within some pixels', () => {
    const line = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
    ]

    expect(toLine({ x: 5, y: 3 }, line)).toBe(3)
    expect(toLine({ x: 13, y: 14 }, line)).toBe(5)
    expect(toLine({ x: 0, y: 0 }, [])).toBe(Number.POSITIVE_INFINITY)
    expect(
      nearest(
        [
          ['a', 5],
          ['b', 4],
          ['c', 20],
        ],
        9,
      ),
    ).toBe('b')
    expect(nearest([['a', 10]], 9)).toBeNull()
  })
})

describe('motion', () => {
  const [first] = drawn(graph([edge('x0', 'x1', 1)]), NO_FILTERS, null).edges
  const one = first as NonNullable<typeof first>
  const there = (cast: Cast, now: number) => cast.shown(now).map(([, share]) => share)

  it('lets edges come and go, and turns back half way', () => {
    const cast = new Cast()
    cast.update([one], 0, false)
    expect(there(cast, 0)).toEqual([0])
    expect(there(cast, FADE_MS)).toEqual([1])
    cast.update([], 1000, false)
    const half = there(cast, 1000 + FADE_MS / 4)
    cast.update([one], 1000 + FADE_MS / 4, false)
    expect(there(cast, 1000 + FADE_MS / 4)[0]).toBeCloseTo(half[0] as number)
    cast.update([], 5000, false)

    expect(there(cast, 5000 + FADE_MS)).toEqual([])
    expect(cast.moves(5000 + FADE_MS)).toBe(false)
  })

  it('moves nothing for readers who want no motion', () => {
    const cast = new Cast()
    const walk = new Walk()
    cast.update([one], 0, true)
    walk.go(new Map([['a', { x: 0, y: 0, z: 0 }]]), 0, true)
    walk.go(new Map([['a', { x: 1, y: 0, z: 0 }]]), 1, true)

    expect(there(cast, 0)).toEqual([1])
    expect(walk.places(1).get('a')?.x).toBe(1)
    expect(cast.moves(0) || walk.moves(1)).toBe(false)
  })

  it('walks from where it is to where it is to be', () => {
    const walk = new Walk()
    const to = (x: number) => new Map([['a', { x, y: 0, z: 0 }]])
    walk.go(to(0), 0, false)
    walk.go(to(1), 1000, false)
    const half = walk.places(1000 + FADE_MS / 2).get('a')?.x
    walk.go(to(0), 1000 + FADE_MS / 2, false)

    expect(half).toBeCloseTo(0.5)
    expect(walk.places(1000 + FADE_MS / 2).get('a')?.x).toBeCloseTo(0.5)
    expect(walk.places(9000).get('a')?.x).toBe(0)
  })
})

describe('arrow keys', () => {
  const { edges } = drawn(
    graph([edge('a', 'b', 1, { effect: 0.1 }), edge('b', 'c', 1, { effect: 0.9 })]),
    NO_FILTERS,
    null,
  )
  const [weak, strong] = edges.map(({ id }) => id)

  it('go through the edges from the strongest on, round and round', () => {
    expect(neighbour(edges, null, 1)?.id).toBe(strong)
    expect(neighbour(edges, strong as string, 1)?.id).toBe(weak)
    expect(neighbour(edges, weak as string, 1)?.id).toBe(strong)
    expect(neighbour(edges, strong as string, -1)?.id).toBe(weak)
    expect(neighbour([], null, 1)).toBeNull()
  })
})
