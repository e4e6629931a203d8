import * as format from '../../format'

interface Props {
  effect: number
  interval: [number, number] | null
}

const WIDTH = 300
const MIDDLE = 26

/** Half the width of the scale: the next of 0.1, 0.25, 0.5, 1, 2, ... that holds the interval. */
function reach(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs))
  return [0.1, 0.25, 0.5, 1, 2, 5, 10].find((step) => step >= largest * 1.05) ?? largest * 1.1
}

/** The effect and its interval against zero: an interval that touches zero says "maybe nothing". */
export function IntervalBar({ effect, interval }: Props) {
  const scale = reach([effect, ...(interval ?? [])])
  const x = (value: number) => (WIDTH / 2) * (1 + (0.94 * value) / scale)
  const sign = effect < 0 ? 'negative' : 'positive'
  const range = interval && `${format.signed(interval[0])} to ${format.signed(interval[1])}`
  return (
    <figure className="interval">
      <figcaption>
        <strong className={sign}>{format.signed(effect)}</strong> sd per sd
        {range && <span className="quiet"> (95 % interval {range})</span>}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} 52`} aria-hidden="true">
        <line x1="0" x2={WIDTH} y1={MIDDLE} y2={MIDDLE} className="axis" />
        <line x1={WIDTH / 2} x2={WIDTH / 2} y1="8" y2="40" className="axis zero" />
        {interval && (
          <rect
            className={`interval-range fill-${sign}`}
            x={x(interval[0])}
            width={Math.max(2, x(interval[1]) - x(interval[0]))}
            y={MIDDLE - 7}
            height="14"
            rx="7"
          />
        )}
        <circle cx={x(effect)} cy={MIDDLE} r="6" className={`interval-dot fill-${sign}`} />
        <text x={x(-scale)} y="51">
          {format.decimal(-scale)}
        </text>
        <text x={WIDTH / 2} y="51" textAnchor="middle">
          0
        </text>
        <text x={x(scale)} y="51" textAnchor="end">
          {format.signed(scale)}
        </text>
      </svg>
    </figure>
  )
}
