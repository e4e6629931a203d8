interface Props {
  values: readonly number[]
  label: string
}

const WIDTH = 120
const HEIGHT = 32

/** A path through the values, the newest at the right edge; the scale starts at zero. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  const top = Math.max(...values, 1e-9) * 1.15
  const step = width / Math.max(1, values.length - 1)
  const point = (value: number, i: number) =>
    `${(i * step).toFixed(1)},${(height - (value / top) * height).toFixed(1)}`
  return `M${values.map(point).join('L')}`
}

export function Sparkline({ values, label }: Props) {
  if (values.length < 2) return <span className="sparkline sparkline-waiting" aria-hidden="true" />
  const line = sparkPath(values, WIDTH, HEIGHT - 3)
  return (
    <svg
      className="sparkline"
      viewBox={`0 -2 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={`${line}L${WIDTH},${HEIGHT}L0,${HEIGHT}Z`} className="sparkline-area" />
      <path d={line} className="sparkline-line" />
    </svg>
  )
}
