import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import * as format from '../../format'

interface Props {
  effect: number
  interval: [number, number] | null
}

const WIDTH = 300
const MIDDLE = 24
const REACHES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10]

/** Half the width of the scale: the next round number that holds the interval. */
function reach(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs))
  return REACHES.find((step) => step >= largest) ?? largest
}

function Caption({ effect, interval, sign }: Props & { sign: string }) {
  return (
    <figcaption>
      <span>
        <Trans>
          <strong className={sign}>{format.signed(effect)}</strong> sd per sd
        </Trans>
      </span>
      {interval && (
        <small>
          {t`95 % interval ${format.signed(interval[0])} to ${format.signed(interval[1])}`}
        </small>
      )}
    </figcaption>
  )
}

/** The effect and its interval against zero: an interval that touches zero says "maybe nothing". */
export function IntervalBar({ effect, interval }: Props) {
  const scale = reach([effect, ...(interval ?? [])])
  const x = (value: number) => (WIDTH / 2) * (1 + (0.94 * value) / scale)
  const sign = effect < 0 ? 'negative' : 'positive'
  const range = interval && {
    x: x(interval[0]),
    width: Math.max(2, x(interval[1]) - x(interval[0])),
  }
  return (
    <figure className="interval">
      <Caption effect={effect} interval={interval} sign={sign} />
      <svg viewBox={`0 0 ${WIDTH} 54`} aria-hidden="true">
        <line x1="0" x2={WIDTH} y1={MIDDLE} y2={MIDDLE} className="axis" />
        <line x1={WIDTH / 2} x2={WIDTH / 2} y1="6" y2="40" className="axis zero" />
        {range && (
          <rect
            className={`interval-range fill-${sign}`}
            {...range}
            y={MIDDLE - 9}
            height="18"
            rx="5"
          />
        )}
        <line
          x1={x(effect)}
          x2={x(effect)}
          y1={MIDDLE - 12}
          y2={MIDDLE + 12}
          className={`mark-${sign}`}
        />
        <text x={x(-scale)} y="52">
          {format.decimal(-scale)}
        </text>
        <text x={WIDTH / 2} y="52" textAnchor="middle">
          0
        </text>
        <text x={x(scale)} y="52" textAnchor="end">
          {format.signed(scale)}
        </text>
      </svg>
    </figure>
  )
}
