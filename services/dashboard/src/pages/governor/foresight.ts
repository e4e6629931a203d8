/** When memory reaches its limit if it goes on as it has lately. Pure. */
import { t } from '@lingui/core/macro'
import * as format from '../../format'
import type { MemoryPoint } from '../../live/reduce'

const LATELY_MS = 60_000
const FEWEST = 10
const FAR_S = 86_400

/** Bytes per second, by least squares over the last minute; null while too little was seen. */
export function slope(points: readonly MemoryPoint[]): number | null {
  const newest = points.at(-1)?.at ?? 0
  const lately = points.filter(({ at }) => newest - at <= LATELY_MS)
  if (lately.length < FEWEST) return null
  const mean = (of: (p: MemoryPoint) => number) =>
    lately.reduce((sum, p) => sum + of(p), 0) / lately.length
  const [at, used] = [mean((p) => p.at), mean((p) => p.used)]
  const spread = lately.reduce((sum, p) => sum + (p.at - at) ** 2, 0)
  if (spread === 0) return null
  return (1000 * lately.reduce((sum, p) => sum + (p.at - at) * (p.used - used), 0)) / spread
}

/** Seconds; infinite where memory does not rise, null where that is not known. */
export function timeToLimit(points: readonly MemoryPoint[], limit: number | null): number | null {
  const [rising, used] = [slope(points), points.at(-1)?.used]
  if (rising === null || used === undefined || limit === null) return null
  return rising <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, limit - used) / rising
}

export function limitInWords(seconds: number | null): string {
  if (seconds === null) return t`not known yet`
  if (seconds === Number.POSITIVE_INFINITY) return t`never, it does not rise`
  if (seconds > FAR_S) return t`in more than a day`
  return t`in about ${format.seconds(seconds)}`
}
