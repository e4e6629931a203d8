import { describe, expect, it } from 'vitest'
import { arrange, pinned, UNARRANGED } from '../src/graph/arrangement'
import { bows } from '../src/graph/bows'
import { drift, levels, linkPairs, type Point, place } from '../src/graph/layout'

const link = (source: string, target: string, lag = 1) => ({ source, target, lag })
const chain = [link('a', 'b'), link('b', 'c'), link('c', 'd')]
const NODES = ['a', 'b', 'c', 'd']

const distance = (p: Point | undefined, q: Point | undefined) =>
  p && q ? Math.hypot(p.x - q.x, p.y - q.y) : Number.NaN

describe('the layout', () => {
  it('puts every cause before its effect along a chain', () => {
    const points = place(NODES, chain)
    const xs = NODES.map((node) => points.get(node)?.x ?? Number.NaN)

    expect(xs).toEqual([...xs].sort((p, q) => p - q))
    expect(new Set(xs).size).toBe(4)
  })

  it('finds levels of a chain one apart, and equal ones around a cycle', () => {
    const cycle = [link('a', 'b'), link('b', 'a')]

    expect([...levels(NODES, chain).values()].map((h) => Number(h.toFixed(3)))).toEqual([
      0, 1, 2, 3,
    ])
    expect([...levels(['a', 'b'], cycle).values()]).toEqual([0, 0])
  })

  it('is the same for the same graph', () => {
    expect([...place(NODES, chain)]).toEqual([...place(NODES, chain)])
  })

  it('keeps variables apart from each other', () => {
    const nodes = Array.from({ length: 12 }, (_, i) => `v${i}`)
    const edges = nodes.slice(1).map((node, i) => link(nodes[Math.floor(i / 2)] as string, node))
    const points = [...place(nodes, edges).values()]

    const pairs = points.flatMap((p, i) => points.slice(i + 1).map((q) => distance(p, q)))
    expect(Math.min(...pairs)).toBeGreaterThan(0.25)
  })

  it('lets no label lie on another, and holds what is held', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f']
    const star = nodes.slice(1).map((node) => link('a', node))
    const before = new Map([['a', { x: 0, y: 0 }]])
    const shape = { box: () => ({ along: 0.5, across: 0.15 }), upright: false }

    const points = place(nodes, star, { before, held: new Set(['a']), shape })

    expect(points.get('a')).toEqual({ x: 0, y: 0 })
    for (const [i, p] of nodes.map((node) => points.get(node) as Point).entries()) {
      for (const q of nodes.slice(i + 1).map((node) => points.get(node) as Point)) {
        expect(Math.abs(p.x - q.x) > 1 || Math.abs(p.y - q.y) > 0.3).toBe(true)
      }
    }
  })

  it('gives a place to a variable without any link', () => {
    const points = place(['a', 'b', 'alone'], [link('a', 'b')])

    expect(points.has('alone')).toBe(true)
  })

  it('gives each label of a crowd room of its own, but for a few', () => {
    const nodes = Array.from({ length: 200 }, (_, i) => `v${i}`)
    const edges = nodes.flatMap((node, i) => [
      link(node, nodes[(7 * i + 1) % 200] as string),
      link(node, nodes[(31 * i + 5) % 200] as string),
    ])
    const shape = { box: () => ({ along: 0.2, across: 0.13 }), upright: false }

    const points = [...place(nodes, edges, { shape }).values()]

    const overlaps = points.flatMap((p, i) =>
      points.slice(i + 1).filter((q) => Math.abs(p.x - q.x) < 0.4 && Math.abs(p.y - q.y) < 0.26),
    )
    expect(overlaps.length).toBeLessThan(10)
  })

  it('copes with no variable at all', () => {
    expect(place([], []).size).toBe(0)
  })
})

describe('an arrangement that lives', () => {
  const grown = [...chain, link('a', 'c')]

  it('does not move a placed variable when an edge comes or goes', () => {
    const before = arrange(UNARRANGED, NODES, chain)
    const after = arrange(before, NODES, grown)
    const back = arrange(after, NODES, chain)

    for (const node of NODES) {
      expect(after.points.get(node)).toEqual(before.points.get(node))
      expect(back.points.get(node)).toEqual(before.points.get(node))
    }
  })

  it('places a new variable near its neighbour', () => {
    const before = arrange(UNARRANGED, NODES, chain)
    const after = arrange(before, [...NODES, 'new'], [...chain, link('d', 'new')])

    const near = distance(after.points.get('new'), after.points.get('d'))
    expect(near).toBeLessThan(distance(after.points.get('new'), after.points.get('a')))
    expect(after.points.get('a')).toEqual(before.points.get('a'))
  })

  it('is found anew when most links are others, except what the reader placed', () => {
    const other = [link('d', 'a'), link('c', 'a'), link('d', 'b'), link('a', 'c')]
    const before = pinned(arrange(UNARRANGED, NODES, chain), 'b', { x: 9, y: 9 })

    const after = arrange(before, NODES, other)

    expect(after.points.get('b')).toEqual({ x: 9, y: 9 })
    expect(after.points.get('a')).not.toEqual(before.points.get('a'))
  })

  it('measures how far two graphs differ by the pairs they link', () => {
    expect(drift(linkPairs(chain), linkPairs(chain))).toBe(0)
    expect(drift(linkPairs([link('a', 'b', 1)]), linkPairs([link('b', 'a', 3)]))).toBe(0)
    expect(drift(linkPairs([link('a', 'b')]), linkPairs([link('c', 'd')]))).toBe(1)
  })
})

describe('the bow of an edge', () => {
  const named = (source: string, target: string, lag = 1) => ({
    ...link(source, target, lag),
    id: `${source}${target}${lag}`,
  })
  const points = new Map<string, Point>([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 2, y: 0 }],
    ['between', { x: 1, y: 0.05 }],
  ])

  it('leads around a variable that stands in the way', () => {
    const bow = bows([named('a', 'b')], points).get('ab1') ?? 0

    // The curve reaches half as far aside as its control point.
    expect(Math.abs(bow / 2 - 0.05)).toBeGreaterThanOrEqual(0.3 - 1e-9)
  })

  it('keeps edges of one pair apart, in both directions', () => {
    const open = new Map([...points].slice(0, 2))
    const bow = bows([named('a', 'b', 1), named('a', 'b', 2), named('b', 'a', 1)], open)
    // The opposite direction has its right hand on the other side.
    const sides = [bow.get('ab1') ?? 0, bow.get('ab2') ?? 0, -(bow.get('ba1') ?? 0)].sort(
      (p, q) => p - q,
    )

    expect((sides[1] as number) - (sides[0] as number)).toBeGreaterThan(0.3)
    expect((sides[2] as number) - (sides[1] as number)).toBeGreaterThan(0.3)
  })
})
