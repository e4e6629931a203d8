/** Geometry of a line chart of shares over rows. Pure. */
import type { AccuracyPoint } from '../../api/client'

export interface Frame {
  left: number
  right: number
  top: number
  bottom: number
}

export interface Scale {
  x: (rows: number) => number
  y: (share: number) => number
}

export function scaleOf(history: readonly AccuracyPoint[], frame: Frame): Scale {
  const last = Math.max(...history.map((point) => point.rows), 1)
  return {
    x: (rows) => frame.left + ((frame.right - frame.left) * rows) / last,
    y: (share) => frame.bottom - (frame.bottom - frame.top) * share,
  }
}

export function linePath(
  history: readonly AccuracyPoint[],
  of: 'precision' | 'recall',
  { x, y }: Scale,
): string {
  const points = history.map((p) => `${x(p.rows).toFixed(1)},${y(p[of]).toFixed(1)}`)
  return points.length > 0 ? `M${points.join('L')}` : ''
}

/** A few round row counts up to the last: 1, 2 or 5 times a power of ten apart. */
export function rowTicks(last: number, wanted = 4): number[] {
  const rough = last / wanted
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? power
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step)
}
