/**
 * From a sample to gauges on one common axis, the load: 1 is the limit. Pure.
 *
 *     memory       load = used / limit        (the governor adds what it foresees, and a reserve)
 *     all others   load = target * value / tolerance
 *
 * so that the thresholds of the levels stand at the same place on every gauge.
 */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import type { Level, Sample } from '../../api/governor'
import * as format from '../../format'
import { LEVELS, type Thresholds } from './policy'

export interface Mark {
  level: Level
  enter: number
  leave: number
}

export interface Gauge {
  name: string
  label: string
  /** The value in words; "unknown" where it is not known. */
  text: string
  known: boolean
  /** What it is measured against, in words. */
  against: string
  /** Position on the axis; null where there is nothing to measure it against. */
  load: number | null
  /** Whether the governor looks at it. */
  governed: boolean
  marks: Mark[]
}

type Source = [name: string, label: string, value: number | null, say: (value: number) => string]

const cores = (value: number): string => {
  const number = format.decimal(value)
  return plural(value, { one: `${number} core`, other: `${number} cores` })
}
const celsius = (value: number): string => t`${format.decimal(value, 0)} °C`
const messages = (value: number): string => plural(value, { one: '# message', other: '# messages' })

function over(value: number | null, limit: number | null): number | null {
  return value === null || !limit ? null : value / limit
}

/** Everything but memory, in the order in which it is shown. */
function sources(s: Sample): Source[] {
  return [
    ['memory_pressure', t`waiting for memory`, s.memory_pressure, format.percent],
    ['memory_pressure_full', t`all waiting for memory`, s.memory_pressure_full, format.percent],
    ['cpu_throttled', t`CPU quota ran out`, s.cpu_throttled, format.percent],
    ['cpu_pressure', t`waiting for a CPU`, s.cpu_pressure, format.percent],
    ['io_pressure_full', t`all waiting for disks`, s.io_pressure_full, format.percent],
    ['loop_lag', t`event loop late`, s.loop_lag, format.seconds],
    ['consumer_lag', t`messages waiting`, s.consumer_lag, messages],
    ['latency', t`time for a message`, s.latency, format.seconds],
    ['gpu_memory', t`GPU memory`, over(s.gpu_memory_used, s.gpu_memory_limit), format.percent],
    ['gpu_temperature', t`GPU temperature`, s.gpu_temperature, celsius],
  ]
}

/** What a resource is called where it binds. */
export function resourceName(binding: string): string {
  if (!binding) return t`nothing known`
  const known = BINDING[binding]
  return known ? i18n._(known) : binding.replaceAll('_', ' ')
}

const BINDING: Record<string, MessageDescriptor> = {
  memory_pressure: msg`waiting for memory`,
  memory_pressure_full: msg`all waiting for memory`,
  cpu_throttled: msg`CPU quota`,
  cpu_pressure: msg`waiting for a CPU`,
  io_pressure_full: msg`waiting for disks`,
  loop_lag: msg`late event loop`,
  consumer_lag: msg`messages waiting`,
  latency: msg`time for a message`,
  gpu_memory: msg`GPU memory`,
  gpu_temperature: msg`GPU temperature`,
}

/** Levels up to the worst that a resource can lead to, with their loads. */
function marks(rules: Thresholds | null, worst: number): Mark[] {
  if (!rules) return []
  return LEVELS.slice(1, 1 + worst).flatMap((level, i) => {
    const [enter, leave] = [rules.enter[i], rules.leave[i]]
    return enter === undefined || leave === undefined ? [] : [{ level, enter, leave }]
  })
}

function memory(s: Sample, rules: Thresholds | null): Gauge {
  const load = over(s.memory_used, s.memory_limit)
  const limit = s.memory_limit === null ? t`limit unknown` : t`of ${format.bytes(s.memory_limit)}`
  const source = s.memory_source ? t`${limit} (${s.memory_source})` : limit
  return {
    name: 'memory',
    label: t`memory`,
    text: s.memory_used === null ? t`unknown` : format.bytes(s.memory_used),
    known: s.memory_used !== null,
    against:
      s.memory_high === null ? source : t`${source}, slowed from ${format.bytes(s.memory_high)}`,
    load,
    governed: true,
    marks: marks(rules, 4),
  }
}

/** Cores are never held by themselves: a busy machine is no harm. */
function cpu(name: string, label: string, used: number | null, limit: number | null): Gauge {
  return {
    name,
    label,
    text: used === null ? t`unknown` : cores(used),
    known: used !== null,
    against: limit === null ? t`limit unknown` : t`of ${cores(limit)}`,
    load: over(used, limit),
    governed: false,
    marks: [],
  }
}

function held([name, label, value, say]: Source, rules: Thresholds | null): Gauge {
  const tolerance = rules?.tolerances[name] ?? null
  const governed = tolerance !== null
  return {
    name,
    label,
    text: value === null ? t`unknown` : say(value),
    known: value !== null,
    against: governed ? t`${say(tolerance)} is tolerated` : rules ? t`not looked at` : '',
    load: governed && rules && value !== null ? (rules.target * value) / tolerance : null,
    governed,
    marks: governed ? marks(rules, 2) : [],
  }
}

/** The governed first, then what is only shown, then what is unknown. */
export function gauges(sample: Sample, rules: Thresholds | null): Gauge[] {
  const all = [
    memory(sample, rules),
    ...sources(sample).map((source) => held(source, rules)),
    cpu('cpu_used', t`CPU of the machine or group`, sample.cpu_used, sample.cpu_limit),
    cpu('busy', t`CPU of the process`, sample.busy, sample.cpu_limit),
    held(['gpu_used', t`GPU`, sample.gpu_used, format.percent], null),
  ]
  const rank = (gauge: Gauge) => (gauge.known ? (gauge.governed ? 0 : 1) : 2)
  return all.sort((a, b) => rank(a) - rank(b))
}

/** The worst level whose threshold a load has reached: 0 is normal. */
export function reached({ load, marks: at }: Gauge): number {
  if (load === null) return 0
  return at.filter(({ enter }) => load >= enter).length
}
