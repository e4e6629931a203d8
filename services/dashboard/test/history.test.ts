import { describe, expect, it } from 'vitest'
import type {
  EdgeDetails,
  EdgeDifference,
  EdgeEvent,
  FoundPath,
  GraphDifferences,
  HistoryPoint,
  PastEdge,
  PastGraph,
  StreamHistory,
} from '../src/api/history'
import { NO_FILTERS } from '../src/graph/model'
import { edgeData } from '../src/graph/shapes'
import { arrowhead, curveThrough, escaped } from '../src/graph/svg'
import { differenceGraphml, pastGraphml, stamp } from '../src/pages/stream/history/documents'
import { evidenceOf, evidenceScale } from '../src/pages/stream/history/evidence'
import { carried, compared, inAddress, readMoment } from '../src/pages/stream/history/moment'
import * as paths from '../src/pages/stream/history/paths'
import { drawnDifference, drawnPast, withPath } from '../src/pages/stream/history/picture'
import * as timeline from '../src/pages/stream/history/timeline'
import * as words from '../src/pages/stream/history/words'
import { edge, graph } from './examples'

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString()

function point(minute: number, edges: number, rest: Partial<HistoryPoint> = {}): HistoryPoint {
  const none = { appeared: 0, strengthened: 0, weakened: 0, flipped: 0, vanished: 0 }
  return { at: at(minute), edges, regime: 0, ...none, ...rest }
}

const history = (points: HistoryPoint[]): StreamHistory => ({
  stream: 'world',
  since: at(0),
  until: at(60),
  changes: points.length,
  points,
})

const grown = history([
  point(10, 2, { appeared: 2 }),
  point(20, 3, { appeared: 1 }),
  point(30, 2, { vanished: 1 }),
])
const FRAME = { left: 0, right: 318, top: 0, bottom: 30 }

describe('the moment in the address', () => {
  it('is live where nothing, or nonsense, is said', () => {
    expect(readMoment(new URLSearchParams(''))).toEqual({ kind: 'live' })
    expect(readMoment(new URLSearchParams('at=yesterday'))).toEqual({ kind: 'live' })
    expect(readMoment(new URLSearchParams(`from=${at(1)}`))).toEqual({ kind: 'live' })
  })

  it('comes back from the address as it went there', () => {
    for (const moment of [
      { kind: 'live' },
      { kind: 'past', at: at(5) },
      { kind: 'compared', from: at(1), to: at(2) },
    ] as const) {
      const said = Object.entries(inAddress(moment)).filter(([, value]) => value !== null)

      expect(readMoment(new URLSearchParams(said as [string, string][]))).toEqual(moment)
    }
  })

  it('compares in the order of time', () => {
    expect(compared(at(9), at(2))).toEqual({ kind: 'compared', from: at(2), to: at(9) })
  })

  it('outlives a change of filters', () => {
    const before = new URLSearchParams('at=x&path=a..b&min=0.3')

    expect(carried(before, new URLSearchParams('min=0.5')).toString()).toBe(
      'min=0.5&at=x&path=a..b',
    )
  })
})

describe('the time slider', () => {
  const stops = timeline.stopsOf(grown)

  it('stops where the history begins, at every change, and at what lives', () => {
    expect(stops.map(({ at: moment, edges }) => [moment, edges])).toEqual([
      [at(0), 0],
      [at(10), 2],
      [at(20), 3],
      [at(30), 2],
      [null, 2],
    ])
  })

  it('has a moment between two changes stand at the one before', () => {
    expect(timeline.stopAt(stops, at(25))).toBe(2)
    expect(timeline.stopAt(stops, null)).toBe(4)
    expect(timeline.stopAt(stops, at(-5))).toBe(0)
  })

  it('is moved by keys, and never beyond its ends', () => {
    expect(timeline.stepped(stops, 2, 'ArrowLeft')).toBe(1)
    expect(timeline.stepped(stops, 4, 'ArrowRight')).toBe(4)
    expect(timeline.stepped(stops, 3, 'PageDown')).toBe(0)
    expect(timeline.stepped(stops, 3, 'Home')).toBe(0)
    expect(timeline.stepped(stops, 1, 'End')).toBe(4)
    expect(timeline.stepped(stops, 1, 'Enter')).toBeNull()
  })

  it('gives back the stop that a place stands for', () => {
    const place = timeline.placeOf(stops, FRAME)

    expect(stops.map((stop) => timeline.nearest(stops, FRAME, place(stop)))).toEqual([
      0, 1, 2, 3, 4,
    ])
    expect(place(stops[1] as timeline.Stop)).toBe(50)
    expect(timeline.nearest(stops, FRAME, 9_999)).toBe(4)
  })

  it('shows where other rules began, and where old ones came back', () => {
    const points = [0, 0, 2, 2, 0].map((regime, i) => point(10 + 10 * i, 1, { regime }))
    const turns = timeline.turnsOf(points, timeline.stopsOf(history(points)), FRAME)

    expect(turns.map(({ regime }) => regime)).toEqual([2, 0])
    expect(turns.map(({ x }) => x)).toEqual([150, 250])
    expect(timeline.turnsOf(grown.points, timeline.stopsOf(grown), FRAME)).toEqual([])
  })

  it('shows a single change beside hundreds', () => {
    const points = [point(1, 300, { appeared: 300 }), point(2, 299, { vanished: 1 })]
    const ticks = timeline.ticksOf(points, timeline.stopsOf(history(points)), FRAME)

    expect(ticks[0]?.appeared).toBe(1)
    expect(ticks[1]?.vanished).toBeGreaterThan(0.2)
    expect(ticks[1]?.appeared).toBe(0)
  })

  it('replays all of it in about 20 seconds, and ends live', () => {
    const many = timeline.stopsOf(
      history(Array.from({ length: 200 }, (_, i) => point(i / 4, i, { appeared: 1 }))),
    )
    const walk = timeline.replayOf(many, timeline.lastOf(many), false)

    expect(walk.stops[0]).toBe(0)
    expect(walk.stops.at(-1)).toBe(timeline.lastOf(many))
    expect(walk.everyMs * (walk.stops.length - 1)).toBeCloseTo(20_000, -3)
    expect(timeline.replayOf(many, 0, true).stops.length).toBeLessThanOrEqual(11)
  })
})

const pastEdge = (source: string, target: string, rest: Partial<PastEdge> = {}): PastEdge => ({
  source,
  target,
  lag: 1,
  effect: 0.4,
  se: 0.01,
  ci: [0.38, 0.42],
  score: 9,
  form: 'linear',
  imported: false,
  regime: 1,
  changed_at: at(5),
  certain: true,
  ...rest,
})

const past = (edges: PastEdge[]): PastGraph => ({
  stream: 'world',
  at: at(20),
  since: at(0),
  variables: ['x0', 'x1', 'old'],
  edges,
})

const differs = (
  source: string,
  target: string,
  change: EdgeDifference['change'],
  [before, after]: [number | null, number | null],
): EdgeDifference => ({ source, target, lag: 1, change, before, after, changes: 1 })

const difference = (edges: EdgeDifference[]): GraphDifferences => ({
  stream: 'world',
  from: at(10),
  to: at(20),
  since: at(0),
  variables: ['x0', 'x1', 'x2'],
  edges,
  counts: {
    appeared: 1,
    vanished: 1,
    strengthened: 0,
    weakened: 0,
    flipped: 0,
    same: 2,
    passing: 0,
  },
  passing: [],
})

describe('another moment as it is drawn', () => {
  const live = graph([edge('x0', 'x1', 1), edge('x1', 'x2', 1)])

  it('shows the edges of then among all variables, at the places of now', () => {
    const drawn = drawnPast(past([pastEdge('x0', 'old')]), NO_FILTERS, live)

    expect(drawn.edges.map(({ source, target }) => [source, target])).toEqual([['x0', 'old']])
    expect(drawn.nodes).toEqual(['x0', 'x1', 'x2', 'x3', 'old'])
    expect(drawn.ties).toHaveLength(3)
  })

  it('obeys the filters', () => {
    const strong = { ...NO_FILTERS, minEffect: 0.5 }

    expect(drawnPast(past([pastEdge('x0', 'x1')]), strong, live).edges).toEqual([])
  })

  it('draws a vanished edge as it was, and says by a sign what became of each', () => {
    const drawn = drawnDifference(
      difference([
        differs('x0', 'x1', 'appeared', [null, 0.5]),
        differs('x1', 'x2', 'vanished', [-0.4, null]),
      ]),
      NO_FILTERS,
      live,
    )
    const [appeared, vanished] = drawn.edges.map((each) => edgeData(each, 0))

    expect(appeared?.data.label).toBe('+ lag 1')
    expect(appeared?.classes).toContain('appeared')
    expect(vanished?.data.label).toBe('− lag 1')
    expect(vanished?.classes).toEqual(expect.arrayContaining(['negative', 'vanished']))
  })
})

const way = (variables: string[], effects: number[]): FoundPath => ({
  variables,
  lags: effects.map(() => 1),
  effect: effects.reduce((a, b) => a * b, 1),
  delay: effects.length,
  score: 1,
  confidence: 1,
  edges: effects.map((effect, i) => ({
    source: variables[i] ?? '',
    target: variables[i + 1] ?? '',
    lag: 1,
    effect,
  })),
})

describe('paths', () => {
  const found = [way(['x0', 'x1', 'x2'], [0.5, -0.2]), way(['x0', 'x2'], [0.05])]

  it('are asked for in the address, also between names with dots', () => {
    const names = ['a', 'b..c', 'c', 'a..b']

    expect(paths.readEnds('a..b..c', ['a', 'b..c', 'c'])).toEqual({ from: 'a', to: 'b..c' })
    expect(paths.readEnds(paths.endsInAddress({ from: 'c', to: 'a..b' }), names)).toEqual({
      from: 'c',
      to: 'a..b',
    })
    expect(paths.readEnds('c..', names)).toEqual({ from: 'c', to: '' })
    expect(paths.readEnds('c..gone', names)).toBeNull()
    expect(paths.whole({ from: 'c', to: '' })).toBeNull()
  })

  it('keep the chosen one while it is there, else take the first', () => {
    const [first, second] = found as [FoundPath, FoundPath]

    expect(paths.chosenPath([second, first], paths.wayOf(first))).toBe(first)
    expect(paths.chosenPath([second], paths.wayOf(first))).toBe(second)
    expect(paths.chosenPath([], paths.wayOf(first))).toBeNull()
  })

  it('are as strong as their weakest edge', () => {
    expect(paths.weakest(found[0] as FoundPath)?.effect).toBe(-0.2)
  })

  it('are told in steps and in time', () => {
    expect(paths.delayInWords(3, 0.05)).toBe('3 steps in all (150 ms)')
    expect(paths.delayInWords(1, null)).toBe('1 step in all')
  })

  it('are lit, and all else dimmed, whatever the filters hide', () => {
    const live = graph([edge('x0', 'x1', 1), edge('x1', 'x2', 1), edge('x2', 'x3', 1)])
    const picture = { nodes: live.variables, edges: [], ties: [] }
    const all = drawnPast(past([pastEdge('x2', 'x3')]), NO_FILTERS, live)

    const lit = withPath({ ...picture, edges: all.edges }, found[0] as FoundPath, live)

    expect(lit.edges.map(({ source, mark }) => [source, mark])).toEqual([
      ['x2', 'off-path'],
      ['x0', 'on-path'],
      ['x1', 'on-path'],
    ])
    expect([...(lit.onPath ?? [])]).toEqual(['x0', 'x1', 'x2'])
  })
})

describe('in words', () => {
  const now = Date.parse(at(22))

  it('a stop says when, how long ago and how many edges', () => {
    const stop = { at: at(10), time: Date.parse(at(10)), edges: 9 }

    expect(words.stopInWords(stop, now)).toMatch(/^\d\d:10:00, 12 min ago, 9 edges$/)
    expect(words.stopInWords({ ...stop, at: null, edges: 1 }, now)).toBe('live, 1 edge')
  })

  it('a difference says what became of an edge', () => {
    expect(words.differenceInWords(differs('rain', 'river', 'appeared', [null, 0.6]))).toBe(
      'rain → river at lag 1 appeared (+0.60)',
    )
    expect(words.differenceInWords(differs('rain', 'river', 'flipped', [0.6, -0.2]))).toBe(
      'rain → river at lag 1 changed its sign (+0.60 to −0.20)',
    )
    expect(words.countsInWords({ appeared: 2, vanished: 1, same: 7 })).toBe(
      '2 appeared, 1 vanished; 7 are the same',
    )
    expect(words.countsInWords({ same: 1 })).toBe('Nothing has changed; 1 is the same')
  })
})

describe('evidence over time', () => {
  const event = (minute: number, effect: number): EdgeEvent => ({
    id: `c${minute}`,
    type: 'EdgeChanged',
    at: at(minute),
    stream: 'world',
    summary: '',
    change: 'strengthened',
    source: 'x0',
    target: 'x1',
    lag: 1,
    effect,
    ci: [effect - 0.1, effect + 0.1],
    previous_effect: null,
    imported: false,
    regime: 1,
    window_id: 'w',
    trace_id: null,
  })
  const details: EdgeDetails = {
    ...edge('x0', 'x1', 1, { effect: 0.6, ci: [0.5, 0.7] }),
    stream: 'world',
    version: 3,
    as_of: at(50),
    conditions: [],
    why: '',
    changes: [event(20, 0.4), event(10, 0.2)],
  }

  it('goes from the oldest change to what holds now', () => {
    const points = evidenceOf(details)

    expect(points.map(({ effect }) => effect)).toEqual([0.2, 0.4, 0.6])
    expect(points.map(({ interval }) => interval)).toEqual([
      [0.2 - 0.1, 0.2 + 0.1],
      [0.4 - 0.1, 0.4 + 0.1],
      [0.5, 0.7],
    ])
    expect(evidenceOf({ ...details, state: 'rejected' }).at(-1)?.effect).toBe(0.4)
  })

  it('always has zero in sight', () => {
    const box = { left: 0, right: 100, top: 0, bottom: 50 }
    const scale = evidenceScale(evidenceOf(details), box)

    expect(scale.y(0)).toBeGreaterThan(scale.y(0.7))
    expect(scale.y(0)).toBeLessThanOrEqual(50)
    expect([scale.x(Date.parse(at(10))), scale.x(Date.parse(at(50)))]).toEqual([0, 100])
  })
})

describe('what is saved', () => {
  it('GraphML holds variables and edges, with what is not known left out', () => {
    const text = pastGraphml(past([pastEdge('x0', '<old>', { ci: [null, null], se: null })]))

    expect(text).toContain('<data key="name">&lt;old&gt;</data>')
    expect(text).toContain('<data key="effect">0.4</data>')
    expect(text).not.toContain('<data key="ci_low">')
    expect(text.match(/<node /g)).toHaveLength(4)
  })

  it('of a difference, too', () => {
    const text = differenceGraphml(difference([differs('x0', 'x1', 'vanished', [0.3, null])]))

    expect(text).toContain('<data key="change">vanished</data>')
    expect(text).not.toContain('<data key="after">')
  })

  it('a moment in a file name has no colons', () => {
    expect(stamp('2026-01-31T12:00:05.125Z')).toBe('2026-01-31T120005Z')
  })

  it('SVG escapes what is written, and follows the bows of edges', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 5, y: 5 },
      { x: 10, y: 0 },
    ]

    expect(escaped('a<b & "c"')).toBe('a&lt;b &amp; &quot;c&quot;')
    expect(curveThrough(points)).toBe('M0,0Q5,5 10,0')
    expect(arrowhead({ x: 0, y: 0 }, { x: 10, y: 0 }, 10)).toBe('10,0 0,4.5 0,-4.5')
  })
})
