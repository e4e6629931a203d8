/** What the gateway says of resources: `GET /drg`, and the `decision` event. */

export type Level = 'normal' | 'caution' | 'throttle' | 'critical' | 'pause'

/** What was measured of a process and its surroundings; null is unknown, never 0. */
export interface Sample {
  /** Bytes, seconds, cores, degrees Celsius; shares from 0 to 1. */
  memory_used: number | null
  memory_limit: number | null
  memory_high: number | null
  /** Where the limit comes from, such as "host". */
  memory_source: string
  memory_pressure: number | null
  memory_pressure_full: number | null
  memory_high_events: number | null
  oom_kills: number | null
  cpu_used: number | null
  cpu_limit: number | null
  cpu_throttled: number | null
  cpu_pressure: number | null
  io_pressure: number | null
  io_pressure_full: number | null
  loop_lag: number | null
  consumer_lag: number | null
  latency: number | null
  busy: number | null
  gpu_used: number | null
  gpu_memory_used: number | null
  gpu_memory_limit: number | null
  gpu_temperature: number | null
}

/** What DRG lets an instance spend, as long as the lease is good. */
export interface Grant {
  share: number
  is_paused: boolean
  level: Level
  epoch: number
  sequence: number
  at: string
  ttl_s: number
}

export interface GovernedInstance {
  id: string
  component: string
  at: string
  /** Of full work, that it does at most. */
  share: number
  sample: Sample
  granted: Grant | null
}

export interface Decision {
  component: string
  instance: string
  at: string
  /** `reflex`, in the process itself, or `drg`. */
  by: string
  rule: string
  /** The resource with the largest load; empty where nothing is known. */
  binding: string
  /** Of that resource; 1 is its limit. */
  load: number | null
  /** Memory foreseen, bytes. */
  predicted: number | null
  time_to_limit_s: number | null
  share_before: number
  share: number
  level_before: Level
  level: Level
  sample: Sample
  is_dry_run: boolean
  text: string
}

export interface Governor {
  instances: GovernedInstance[]
  decisions: Decision[]
}
