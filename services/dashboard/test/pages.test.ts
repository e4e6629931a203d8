import { describe, expect, it } from 'vitest'
import { tokenFromInput, tokenIn } from '../src/app/token'
import { flowSeconds, stages } from '../src/pages/overview/stages'
import { linePath, rowTicks, scaleOf } from '../src/pages/stream/chart'
import { nextSort, sorted } from '../src/pages/stream/sorting'
import { sparkPath } from '../src/ui/Sparkline'
import { component, edge, instance, stream } from './examples'

describe('the token', () => {
  it('is taken from the fragment, and nothing else is', () => {
    expect(tokenIn('#token=abc%2B1')).toBe('abc+1')
    expect(tokenIn('#token=')).toBeNull()
    expect(tokenIn('#main')).toBeNull()
  })

  it('may be pasted alone or within the address', () => {
    expect(tokenFromInput(' abc ')).toBe('abc')
    expect(tokenFromInput('http://127.0.0.1:8080/#token=abc')).toBe('abc')
  })
})

describe('the pipeline', () => {
  it('adds up the instances of a component, whatever its spelling', () => {
    const mpie = component('MPIE', { instances: [instance('mpie-1'), instance('mpie-2')] })

    expect(stages([mpie], [stream('a')], 'live')[2]).toMatchObject({
      figures: '4/s · lag 6',
      tone: 'good',
    })
  })

  it('says so where a component was not heard of', () => {
    expect(stages([], [], 'live')[1]).toMatchObject({
      status: 'unknown',
      figures: 'not heard of yet',
    })
  })

  it('stands still where a component is down or nothing is sent', () => {
    const down = [component('mpie', { status: 'down' })]

    expect(stages(down, [stream('a')], 'live')[2]?.inflow).toBe(0)
    expect(stages([], [stream('a', { rate: 0 })], 'live')[1]?.inflow).toBe(0)
    expect(stages([], [stream('a')], 'offline')[4]?.inflow).toBe(0)
  })

  it('flows faster for more, within what the eye can follow', () => {
    expect(flowSeconds(1000)).toBeLessThan(flowSeconds(1))
    expect(flowSeconds(1e9)).toBeGreaterThanOrEqual(0.35)
  })
})

describe('the edge table', () => {
  const edges = [edge('x10', 'x1', 1, { effect: 0.1 }), edge('x2', 'x1', 2, { effect: -0.5 })]

  it('sorts effects by size and names by number', () => {
    expect(sorted(edges, { column: 'effect', descending: true })[0]?.effect).toBe(-0.5)
    expect(sorted(edges, { column: 'edge', descending: false })[0]?.source).toBe('x2')
  })

  it('turns the order round on a second press', () => {
    const first = nextSort({ column: 'edge', descending: false }, 'lag')

    expect(first).toEqual({ column: 'lag', descending: false })
    expect(nextSort(first, 'lag')).toEqual({ column: 'lag', descending: true })
  })
})

describe('the charts', () => {
  const history = [
    { rows: 100, precision: 0.5, recall: 0, f1: 0, at: '' },
    { rows: 200, precision: 1, recall: 0.5, f1: 0.67, at: '' },
  ]

  it('draw precision and recall from the bottom, 0, to the top, 1', () => {
    const scale = scaleOf(history, { left: 0, right: 200, top: 0, bottom: 100 })

    expect(linePath(history, 'precision', scale)).toBe('M100.0,50.0L200.0,0.0')
    expect(linePath(history, 'recall', scale)).toBe('M100.0,100.0L200.0,50.0')
  })

  it('mark round numbers of rows, few of them', () => {
    expect(rowTicks(1000)).toEqual([0, 500, 1000])
    expect(rowTicks(64_000)).toEqual([0, 20_000, 40_000, 60_000])
    expect(rowTicks(0)).toEqual([0])
  })

  it('draw a steady rate as a level line', () => {
    expect(sparkPath([2, 2], 10, 23)).toBe('M0.0,3.0L10.0,3.0')
  })
})
