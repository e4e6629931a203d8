/** Traces in words. Pure. */
import type { Span } from '../../api/traces'
import * as format from '../../format'

/** What the topics of one version have in common says nothing. */
const PREFIX = /scarcity\.v\d+\./

export const plainName = (name: string): string => name.replace(PREFIX, '')

export function milliseconds(value: number): string {
  return value === 0 ? '0 ms' : format.seconds(value / 1000)
}

/** Where the message that a span handled is on the bus; null where it handled none. */
export function placeOf({ topic, partition, offset }: Span): string | null {
  return topic === null ? null : `${topic}/${partition}/${offset}`
}

export function sentence(span: Span): string {
  const when = `${milliseconds(span.duration_ms)}, ${milliseconds(span.start_ms)} after the start`
  return `${plainName(span.name)}: ${when}${span.error ? `; failed: ${span.error}` : ''}`
}
