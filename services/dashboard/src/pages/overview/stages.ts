/** The five stages of the pipeline, from what the gateway says of its components. Pure. */
import { plural, t } from '@lingui/core/macro'
import type { StreamSummary } from '../../api/client'
import type { Component } from '../../api/components'
import { codeName } from '../../codes'
import * as format from '../../format'
import { connectionName } from '../../live/connection'
import type { ConnectionState } from '../../live/sse'
import type { Tone } from '../../ui/small'

export interface Stage {
  name: string
  /** The component's own name, as the gateway knows it; null for what is outside. */
  component: string | null
  role: string
  status: string
  tone: Tone
  figures: string
  /** What flows into this stage per second; 0 stops the flow. */
  inflow: number
}

/** Of a stage that nobody has heard of, the status is unknown. */
type Status = Component['status'] | 'unknown'

export const STATUS_TONE: Record<Status, Tone> = {
  up: 'good',
  degraded: 'warn',
  down: 'bad',
  paused: 'quiet',
  off: 'quiet',
  unknown: 'quiet',
}

const AT_REST: ReadonlySet<Status> = new Set(['down', 'paused', 'off'])

const LIVE_TONES: Record<ConnectionState, Tone> = {
  live: 'good',
  reconnecting: 'warn',
  asking: 'quiet',
  offline: 'bad',
}

const NAMES: Record<string, string> = {
  mpie: 'MPIE',
  drg: 'DRG',
  meta_learning: 'Meta-learning',
}

/** A component's name as people write it. */
export function displayName(name: string): string {
  return NAMES[name] ?? name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '')

function sum(component: Component, of: 'rate' | 'lag'): number | null {
  const known = component.instances.map((instance) => instance[of]).filter((n) => n !== null)
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) : null
}

function figures(component: Component): string {
  const rate = sum(component, 'rate')
  const lag = sum(component, 'lag')
  const parts = [
    component.status === 'up' ? null : codeName(component.status),
    rate === null ? null : format.rate(rate),
    lag === null ? null : t`lag ${format.count(lag)}`,
  ]
  return parts.filter(Boolean).join(' · ') || codeName(component.status)
}

function service(
  components: readonly Component[],
  [wanted, name, role]: readonly [string, string, string],
  inflow: number,
): Stage {
  const found = components.find((component) => plain(component.name) === plain(wanted))
  const status = found?.status ?? 'unknown'
  return {
    name,
    component: found?.name ?? null,
    role,
    status: status === 'unknown' ? t`unknown` : codeName(status),
    tone: STATUS_TONE[status],
    figures: found ? figures(found) : t`not heard of yet`,
    inflow: AT_REST.has(status) ? 0 : inflow,
  }
}

function outside(stage: Omit<Stage, 'component'>): Stage {
  return { ...stage, component: null }
}

export function stages(
  components: readonly Component[],
  streams: readonly StreamSummary[],
  connection: ConnectionState,
): Stage[] {
  const rate = streams.reduce((total, stream) => total + stream.rate, 0)
  const windows = streams.reduce((total, s) => total + s.rate / (s.window?.size ?? 64), 0)
  const live = connection === 'live'
  return [
    outside({
      name: t`Producers`,
      role: plural(streams.length, { one: '# stream', other: '# streams' }),
      status: rate > 0 ? t`sending` : t`silent`,
      tone: rate > 0 ? 'good' : 'quiet',
      figures: rate > 0 ? format.rate(rate) : t`silent`,
      inflow: rate,
    }),
    service(components, ['stream_manager', 'Stream Manager', t`records → windows`], rate),
    service(components, ['mpie', 'MPIE', t`windows → graph`], windows),
    service(components, ['gateway', 'Gateway', t`graph → you`], windows),
    outside({
      name: t`You`,
      role: t`this page`,
      status: connectionName(connection),
      tone: LIVE_TONES[connection],
      figures: connectionName(connection),
      inflow: live ? windows : 0,
    }),
  ]
}

/** Seconds that a dot needs to the next dot: faster for more, between calm and quick. */
export function flowSeconds(perSecond: number): number {
  return Number(Math.min(3, Math.max(0.35, 1.6 / Math.log2(2 + perSecond))).toFixed(2))
}
