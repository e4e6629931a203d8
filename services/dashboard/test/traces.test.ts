import { describe, expect, it } from 'vitest'
import type { Span } from '../src/api/traces'
import { barOf, componentsOf, lengthOf, ticks, workOf } from '../src/pages/traces/waterfall'
import { milliseconds, placeOf, plainName } from '../src/pages/traces/words'

const span = (component: string, start_ms: number, duration_ms: number): Span => ({
  span_id: `${component} ${start_ms}`,
  parent_id: null,
  depth: 0,
  name: 'process scarcity.v1.raw',
  component,
  key: 'world',
  topic: 'scarcity.v1.raw',
  partition: 3,
  offset: 831,
  start_ms,
  duration_ms,
  error: null,
})

describe('the waterfall', () => {
  const spans = [span('gateway', 0, 10), span('mpie', 40, 60), span('mpie', 50, 20)]

  it('puts all spans on one axis, from the first start to the last end', () => {
    expect(lengthOf(spans)).toBe(100)
    expect(spans.map((each) => barOf(each, 100))).toEqual([
      { left: 0, width: 10 },
      { left: 40, width: 60 },
      { left: 50, width: 20 },
    ])
  })

  it('shows work of no length, also at the very end, inside the axis', () => {
    const { left, width } = barOf(span('mpie', 100, 0), 100)

    expect(width).toBeGreaterThan(0)
    expect(left + width).toBeLessThanOrEqual(100)
    expect(lengthOf([span('mpie', 0, 0)])).toBeGreaterThan(0)
  })

  it('marks round times, few of them', () => {
    expect(ticks(32, 4)).toEqual([0, 10, 20, 30])
    expect(ticks(0.9, 4)).toHaveLength(2)
  })

  it('adds up the work of a component', () => {
    expect(componentsOf(spans)).toEqual(['gateway', 'mpie'])
    expect(workOf(spans, 'mpie')).toBe(80)
  })

  it('says names without what all have in common, and where a message is', () => {
    const [first] = spans

    expect(plainName('process scarcity.v1.raw')).toBe('process raw')
    expect(first && placeOf(first)).toBe('scarcity.v1.raw/3/831')
    expect(milliseconds(0)).toBe('0 ms')
    expect(milliseconds(1.1171)).toBe('1.12 ms')
  })
})
