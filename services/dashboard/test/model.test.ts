import { describe, expect, it } from 'vitest'
import * as model from '../src/graph/model'
import { edge, graph } from './examples'

const { NO_FILTERS } = model
const ids = (edges: readonly model.DrawnEdge[]) =>
  edges.map((e) => `${e.source}-${e.target}@${e.lag} ${e.verdict}`)

describe('the drawn graph', () => {
  it('shows accepted edges only, and autocorrelation only on request', () => {
    const edges = [
      edge('x0', 'x1', 1),
      edge('x0', 'x0', 1),
      edge('x1', 'x2', 1, { state: 'rejected' }),
    ]

    const plain = model.drawn(graph(edges), NO_FILTERS, null)
    const full = model.drawn(graph(edges), { ...NO_FILTERS, autocorrelation: true }, null)

    expect(ids(plain.edges)).toEqual(['x0-x1@1 unknown'])
    expect(full.edges).toHaveLength(2)
  })

  it('hides edges weaker than asked, of either sign', () => {
    const edges = [edge('x0', 'x1', 1, { effect: -0.4 }), edge('x1', 'x2', 1, { effect: 0.1 })]

    const shown = model.drawn(graph(edges), { ...NO_FILTERS, minEffect: 0.2 }, null)

    expect(ids(shown.edges)).toEqual(['x0-x1@1 unknown'])
  })

  it('keeps the width of an edge, whatever the filters hide', () => {
    const edges = [edge('x0', 'x1', 1, { effect: 0.8 }), edge('x1', 'x2', 2, { effect: 0.4 })]

    const all = model.drawn(graph(edges), NO_FILTERS, null)
    const some = model.drawn(graph(edges), { ...NO_FILTERS, lags: [2] }, null)

    expect(all.edges[1]?.strength).toBe(0.5)
    expect(some.edges[0]?.strength).toBe(0.5)
  })

  it('lays out by all links, so that a filter moves nothing', () => {
    const edges = [edge('x0', 'x1', 1), edge('x1', 'x2', 2)]

    const some = model.drawn(graph(edges), { ...NO_FILTERS, lags: [2] }, null)

    expect(some.ties).toHaveLength(2)
  })

  it('is as certain as the edge is stable', () => {
    const { edges } = model.drawn(graph([edge('a', 'b', 1, { stability: 0.7 })]), NO_FILTERS, null)

    expect(edges[0]?.certainty).toBe(0.7)
  })
})

describe('against a known truth', () => {
  const truth = [
    { source: 'x0', target: 'x1', lag: 1 },
    { source: 'x1', target: 'x2', lag: 2 },
    { source: 'x2', target: 'x3', lag: 1 },
  ]

  it('an edge is known, near, false, or missed', () => {
    const edges = [edge('x0', 'x1', 1), edge('x1', 'x2', 1), edge('x3', 'x0', 1)]

    const shown = model.drawn(graph(edges), NO_FILTERS, truth)

    expect(ids(shown.edges)).toEqual([
      'x0-x1@1 known',
      'x1-x2@1 near',
      'x3-x0@1 false',
      'x2-x3@1 missed',
    ])
  })

  it('a link of undecided direction is near a true one either way, never quite right', () => {
    const undecided = { oriented: false, lag: 0 }

    expect(model.verdict(edge('x0', 'x1', 0, undecided), truth)).toBe('near')
    expect(model.verdict(edge('x1', 'x0', 0, undecided), truth)).toBe('near')
    expect(model.verdict(edge('x1', 'x0', 0), truth)).toBe('false')
  })

  it('missed edges can be hidden', () => {
    const shown = model.drawn(graph([]), { ...NO_FILTERS, missed: false }, truth)

    expect(shown.edges).toEqual([])
  })

  it('nothing is judged where no truth is known', () => {
    expect(model.verdict(edge('x3', 'x0', 1), null)).toBe('unknown')
  })
})
