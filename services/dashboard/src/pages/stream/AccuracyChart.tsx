import { plural, t } from '@lingui/core/macro'
import type { AccuracyPoint } from '../../api/client'
import * as format from '../../format'
import { linePath, rowTicks, type Scale, scaleOf } from './chart'

const FRAME = { left: 26, right: 306, top: 10, bottom: 118 }
const LINES = ['precision', 'recall'] as const

function Axes({ scale, last }: { scale: Scale; last: number }) {
  return (
    <g>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={FRAME.left} x2={FRAME.right} y1={scale.y(share)} y2={scale.y(share)} />
          <text x={FRAME.left - 5} y={scale.y(share) + 3.5} textAnchor="end">
            {share}
          </text>
        </g>
      ))}
      {rowTicks(last).map((rows) => (
        <text key={rows} x={scale.x(rows)} y={FRAME.bottom + 15} textAnchor="middle">
          {format.count(rows)}
        </text>
      ))}
    </g>
  )
}

/** Precision and recall over the rows seen so far. */
export function AccuracyChart({ history }: { history: readonly AccuracyPoint[] }) {
  const end = history.at(-1)
  if (!end || history.length < 2) return null
  const scale = scaleOf(history, FRAME)
  const spoken = t`After ${plural(end.rows, { one: '# row', other: '# rows' })}: precision ${format.share(end.precision)}, recall ${format.share(end.recall)}.`
  return (
    <figure className="accuracy">
      <svg viewBox="0 0 320 138" role="img" aria-label={spoken}>
        <Axes scale={scale} last={end.rows} />
        {LINES.map((line) => (
          <g key={line} className={`line-${line}`}>
            <path d={linePath(history, line, scale)} />
            <circle cx={scale.x(end.rows)} cy={scale.y(end[line])} r="4" />
          </g>
        ))}
      </svg>
      <figcaption>{t`over rows of data`}</figcaption>
    </figure>
  )
}
