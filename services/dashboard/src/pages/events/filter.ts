/** Which events are looked at, kept in the address. Pure. */
import { t } from '@lingui/core/macro'
import { EVENT_KINDS, type EventFilter, type EventKind } from '../../api/events'
import { instantIn } from '../../ui/moments'

const TRACE = /^[0-9a-f]{32}$/

const isKind = (text: string): text is EventKind => EVENT_KINDS.some((kind) => kind === text)

/** Why a text names no trace; null where it may. */
export function traceFault(text: string): string | null {
  return TRACE.test(text) ? null : t`a trace has 32 digits from 0 to f`
}

export function readFilter(params: URLSearchParams): EventFilter {
  const trace = params.get('trace')
  return {
    kinds: EVENT_KINDS.filter((kind) => params.getAll('type').filter(isKind).includes(kind)),
    stream: params.get('stream'),
    since: instantIn(params.get('since')),
    until: instantIn(params.get('until')),
    trace: trace && traceFault(trace) === null ? trace : null,
  }
}

export function isFiltered({ kinds, stream, since, until, trace }: EventFilter): boolean {
  return kinds.length > 0 || [stream, since, until, trace].some((wanted) => wanted !== null)
}

export function toggled(kinds: readonly EventKind[], kind: EventKind): EventKind[] {
  return kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind]
}
