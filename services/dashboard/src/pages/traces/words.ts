/** Traces in words. Pure. */
import { t } from '@lingui/core/macro'
import type { Span } from '../../api/traces'
import * as format from '../../format'

/** What the topics of one version have in common says nothing. */
const PREFIX = /scarcity\.v\d+\./

export const plainName = (name: string): string => name.replace(PREFIX, '')

export function milliseconds(value: number): string {
  return value === 0 ? t`0 ms` : format.seconds(value / 1000)
}

/** Where the message that a span handled is on the bus; null where it handled none. */
export function placeOf({ topic, partition, offset }: Span): string | null {
  return topic === null ? null : `${topic}/${partition}/${offset}`
}

export function sentence(span: Span): string {
  const name = plainName(span.name)
  const [lasted, began] = [milliseconds(span.duration_ms), milliseconds(span.start_ms)]
  return span.error
    ? t`${name}: ${lasted}, ${began} after the start; failed: ${span.error}`
    : t`${name}: ${lasted}, ${began} after the start`
}
