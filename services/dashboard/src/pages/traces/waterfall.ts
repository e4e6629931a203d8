/** A trace as bars on one axis of time. Pure; times in milliseconds since the trace began. */
import type { Span } from '../../api/traces'

/** Where the spans begin and end; never of no length, so that it can be divided by. */
export function lengthOf(spans: readonly Span[]): number {
  const end = spans.reduce((most, span) => Math.max(most, span.start_ms + span.duration_ms), 0)
  return Math.max(end, 0.001)
}

/** A bar in percent of the axis; at least so wide that it can be seen. */
export function barOf(span: Span, length: number): { left: number; width: number } {
  const width = Math.max(0.4, (100 * span.duration_ms) / length)
  const left = Math.min((100 * span.start_ms) / length, 100 - width)
  return { left: Math.max(0, left), width: Math.min(100, width) }
}

/** Round times on the axis from 0 on, `most` at most behind it. */
export function ticks(length: number, most: number): number[] {
  const rough = length / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10)
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step)
}

/** The components in the order in which they came to it. */
export function componentsOf(spans: readonly Span[]): string[] {
  return [...new Set(spans.map(({ component }) => component))]
}

/** The sum of a component's spans, which may run side by side. */
export function workOf(spans: readonly Span[], component: string): number {
  return spans
    .filter((span) => span.component === component)
    .reduce((sum, { duration_ms }) => sum + duration_ms, 0)
}
