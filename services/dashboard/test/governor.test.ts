import { describe, expect, it } from 'vitest'
import type { Decision, GovernedInstance, Sample } from '../src/api/governor'
import { limitInWords, slope, timeToLimit } from '../src/pages/governor/foresight'
import { gauges, reached } from '../src/pages/governor/gauges'
import { byConcern, filtered, leaseLeft, levelOf, runs, steps } from '../src/pages/governor/history'
import { isDryRun, type Thresholds, thresholds } from '../src/pages/governor/policy'
import { axis, spanOf, timeTicks } from '../src/pages/governor/time'

const GIB = 2 ** 30

const sample: Sample = {
  memory_used: 9 * GIB,
  memory_limit: 10 * GIB,
  memory_high: null,
  memory_source: 'host',
  memory_pressure: 0.4,
  memory_pressure_full: 0,
  memory_high_events: null,
  oom_kills: null,
  cpu_used: 1,
  cpu_limit: 2,
  cpu_throttled: null,
  cpu_pressure: 0.2,
  io_pressure: null,
  io_pressure_full: null,
  loop_lag: 0.01,
  consumer_lag: null,
  latency: null,
  busy: 0.5,
  gpu_used: null,
  gpu_memory_used: null,
  gpu_memory_limit: null,
  gpu_temperature: null,
}

const rules: Thresholds = {
  target: 0.87,
  enter: [0.7, 0.88, 0.9, 0.915],
  leave: [0.6, 0.8, 0.84, 0.86],
  tolerances: { memory_pressure: 0.4, loop_lag: 1, cpu_pressure: null },
}

function decision(second: number, rest: Partial<Decision> = {}): Decision {
  return {
    component: 'mpie',
    instance: 'mpie-1',
    at: new Date(1000 * second).toISOString(),
    by: 'reflex',
    rule: 'cut',
    binding: 'memory',
    load: 0.9,
    predicted: null,
    time_to_limit_s: null,
    share_before: 1,
    share: 0.5,
    level_before: 'normal',
    level: 'throttle',
    sample,
    is_dry_run: false,
    text: '',
    ...rest,
  }
}

function instance(id: string, rest: Partial<GovernedInstance> = {}): GovernedInstance {
  return {
    id,
    component: 'mpie',
    at: '2026-01-31T12:00:00Z',
    share: 1,
    sample,
    granted: null,
    policies: [],
    ...rest,
  }
}

describe('a gauge', () => {
  const find = (name: string) => gauges(sample, rules).find((gauge) => gauge.name === name)

  it('measures memory against its limit, with all four levels', () => {
    const memory = find('memory')

    expect(memory).toMatchObject({ load: 0.9, text: '9.0 GiB', against: 'of 10.0 GiB (host)' })
    expect(memory?.marks.map(({ level }) => level)).toEqual([
      'caution',
      'throttle',
      'critical',
      'pause',
    ])
    expect(memory && reached(memory)).toBe(3)
  })

  it('puts what is just tolerated at the target, and leads to throttle at most', () => {
    const waiting = find('memory_pressure')

    expect(waiting?.load).toBeCloseTo(0.87)
    expect(waiting?.marks).toHaveLength(2)
  })

  it('says unknown, never 0', () => {
    expect(find('latency')).toMatchObject({ text: 'unknown', known: false, load: null })
    expect(gauges({ ...sample, memory_used: null }, rules).at(-1)?.known).toBe(false)
  })

  it('says what nobody looks at', () => {
    expect(find('cpu_pressure')).toMatchObject({ governed: false, against: 'not looked at' })
  })

  it('comes without thresholds where they are not known', () => {
    expect(gauges(sample, null)[0]).toMatchObject({ load: 0.9, marks: [] })
  })
})

describe('the thresholds', () => {
  const terms = { version: 0, limits: null, priority: null, lease_s: null, is_dry_run: null }
  const held = (by: 'reflex' | 'drg', in_force: object) =>
    ({ by, component: 'mpie', in_force: { ...terms, ...in_force }, wanted: terms }) as never

  it('are those that its own reflex holds', () => {
    const policies = [held('drg', { limits: { target: 0.5 } }), held('reflex', { limits: rules })]

    expect(thresholds(instance('a', { policies }))).toEqual(rules)
  })

  it('are unknown of an instance that is not heard of', () => {
    expect(thresholds(instance('a'))).toBeNull()
    expect(thresholds(instance('a', { policies: [held('reflex', {})] }))).toBeNull()
  })

  it('change nothing while either governor is on a dry run', () => {
    const dry = held('drg', { is_dry_run: true })

    expect(isDryRun(instance('a', { policies: [held('reflex', {}), dry] }))).toBe(true)
    expect(isDryRun(instance('a', { policies: [held('reflex', {})] }))).toBe(false)
  })
})

describe('the time until memory is used up', () => {
  const rising = Array.from({ length: 12 }, (_, i) => ({ at: 2000 * i, used: (1 + i) * GIB }))

  it('follows the pace of the last minute', () => {
    expect(slope(rising)).toBeCloseTo(GIB / 2)
    expect(timeToLimit(rising, 22 * GIB)).toBeCloseTo(20)
  })

  it('is unknown while little was seen, or no limit is', () => {
    expect(timeToLimit(rising.slice(0, 9), 20 * GIB)).toBeNull()
    expect(timeToLimit(rising, null)).toBeNull()
  })

  it('never comes while memory stands or falls', () => {
    const falling = rising.map(({ at, used }) => ({ at, used: -used }))

    expect(timeToLimit(falling, GIB)).toBe(Number.POSITIVE_INFINITY)
    expect(limitInWords(Number.POSITIVE_INFINITY)).toBe('never, it does not rise')
    expect(limitInWords(20)).toBe('in about 20 s')
    expect(limitInWords(null)).toBe('not known yet')
  })
})

describe('the history of a budget', () => {
  const decisions = [
    decision(3, { by: 'drg', rule: 'raise', share: 0.9 }),
    decision(2, { rule: 'raise', share: 0.6 }),
    decision(1, { share: 0.5 }),
    decision(0, { share: 0.7 }),
  ]

  it('is the smaller of what both governors said last', () => {
    expect(steps(decisions).map(({ share }) => share)).toEqual([0.7, 0.5, 0.6, 0.6])
  })

  it('falls into runs of one reason', () => {
    expect(runs(decisions)).toEqual([
      { rule: 'cut', by: 'reflex', from: 0, to: 1000, count: 2 },
      { rule: 'raise', by: 'reflex', from: 2000, to: 2000, count: 1 },
      { rule: 'raise', by: 'drg', from: 3000, to: 3000, count: 1 },
    ])
  })

  it('can be narrowed to an instance and a rule', () => {
    expect(filtered(decisions, { instance: null, rule: 'raise' })).toHaveLength(2)
    expect(filtered(decisions, { instance: 'other', rule: null })).toEqual([])
  })

  it('shows those in most trouble first', () => {
    const all = [instance('calm'), instance('mpie-1')]

    expect(levelOf(instance('mpie-1'), decisions)).toBe('throttle')
    expect(byConcern(all, decisions).map(({ id }) => id)).toEqual(['mpie-1', 'calm'])
  })
})

describe('a lease', () => {
  const granted = {
    share: 1,
    is_paused: false,
    level: 'normal' as const,
    epoch: 0,
    sequence: 1,
    at: '2026-01-31T11:59:58Z',
    ttl_s: 10,
  }

  it('runs down from when it was granted, by the clock of the gateway', () => {
    expect(leaseLeft(instance('a', { granted }), 3)).toBe(5)
  })

  it('is none where nobody granted', () => {
    expect(leaseLeft(instance('a'), 0)).toBeNull()
  })
})

describe('the axis of time', () => {
  const now = 1_000_000_000_000

  it('ends now, and begins with what is asked for or known', () => {
    expect(spanOf('1m', [], now)).toEqual({ from: now - 60_000, to: now })
    expect(spanOf('all', [now - 500_000, now - 100], now).from).toBe(now - 500_000)
    expect(spanOf('all', [], now).from).toBeLessThan(now)
  })

  it('holds what is older at its left end', () => {
    const x = axis({ from: 100, to: 200 }, 0, 50)

    expect([x(0), x(150), x(300)]).toEqual([0, 25, 50])
  })

  it('marks round instants, few of them', () => {
    const ticks = timeTicks({ from: now - 600_000, to: now }, 5)

    expect(ticks.length).toBeGreaterThan(1)
    expect(ticks.length).toBeLessThanOrEqual(5)
    expect(ticks.every((at) => at % 60_000 === 0)).toBe(true)
  })
})
