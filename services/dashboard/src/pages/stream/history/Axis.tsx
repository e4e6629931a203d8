import { t } from '@lingui/core/macro'
import { memo } from 'react'
import type { HistoryPoint } from '../../../api/history'
import { timeTicks } from '../../governor/time'
import {
  type Frame,
  LIVE_WIDTH,
  placeOf,
  type Stop,
  staircase,
  type Tick,
  ticksOf,
  turnsOf,
} from './timeline'
import { clock } from './words'

interface Props {
  points: readonly HistoryPoint[]
  stops: readonly Stop[]
  frame: Frame
  width: number
  now: number
}

/** The line from which changes rise, or fall. */
const LINE = 58
const REACH = 13
const HEIGHT = 94

function Bar({ x, share, kind, down }: { x: number; share: number; kind: string; down?: boolean }) {
  if (share === 0) return null
  const height = REACH * share
  return (
    <rect
      className={`tick-${kind}`}
      x={x - 1.25}
      y={down ? LINE + 1.5 : LINE - 1.5 - height}
      width="2.5"
      height={height}
    />
  )
}

function Mark({ tick }: { tick: Tick }) {
  return (
    <g>
      {tick.altered > 0 && <circle className="tick-altered" cx={tick.x} cy={LINE} r="2" />}
      <Bar x={tick.x} share={tick.appeared} kind="appeared" />
      <Bar x={tick.x} share={tick.vanished} kind="vanished" down />
    </g>
  )
}

/** How many edges there were, and when some came and went; what the handles stand on. */
export const Axis = memo(function Axis({ points, stops, frame, width, now }: Props) {
  const place = placeOf(stops, frame)
  const [from, to] = [stops[0]?.time ?? 0, stops.at(-1)?.time ?? 0]
  const steps = staircase(stops, frame)
  const labels = to > from ? timeTicks({ from, to }, Math.max(1, Math.floor(width / 150))) : []
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
      <path d={`${steps}V${frame.bottom}H${frame.left}Z`} className="timeline-area" />
      <path d={steps} className="timeline-line" />
      <line x1={frame.left} x2={frame.right} y1={LINE} y2={LINE} className="timeline-base" />
      <rect
        x={frame.right - LIVE_WIDTH}
        y={frame.top}
        width={LIVE_WIDTH + 3}
        height={LINE + REACH - frame.top}
        rx="5"
        className="timeline-live"
      />
      {ticksOf(points, stops, frame).map((tick) => (
        <Mark key={tick.at} tick={tick} />
      ))}
      {turnsOf(points, stops, frame).map(({ x, regime }) => (
        <g key={x}>
          <line x1={x} x2={x} y1="2" y2={LINE + REACH} className="timeline-turn" />
          <text x={x + 4} y="11" className="timeline-regime">{t`regime ${regime}`}</text>
        </g>
      ))}
      {labels.map((time) => (
        <text key={time} x={place({ at: '', time, edges: 0 })} y={HEIGHT - 6} textAnchor="middle">
          {clock(new Date(time).toISOString(), now)}
        </text>
      ))}
    </svg>
  )
})
