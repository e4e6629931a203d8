import { t } from '@lingui/core/macro'
import * as format from '../../format'
import { type Gauge, type Mark, reached } from './gauges'
import { LEVELS } from './policy'
import { levelName } from './words'

/** The axis ends a little beyond the limit, so that what is over it is seen to be. */
const END = 1.1

const place = (load: number): string => `${(100 * Math.min(load, END)) / END}%`

function spoken({ label, load, marks }: Gauge): string {
  const said = load === null ? t`unknown` : format.percent(load)
  const levels = marks.map(
    ({ level, enter, leave }) =>
      t`${levelName(level)} from ${format.percent(enter)} until below ${format.percent(leave)}`,
  )
  return [t`${label}: load ${said}`, ...levels].join('; ')
}

function Threshold({ level, enter, leave }: Mark) {
  return (
    <span
      className={`threshold threshold-${level}`}
      style={{ insetInlineStart: place(leave), width: `calc(${place(enter)} - ${place(leave)})` }}
      title={t`${levelName(level)}: from ${format.percent(enter)} until below ${format.percent(leave)}`}
    />
  )
}

function Track({ gauge }: { gauge: Gauge }) {
  if (gauge.load === null) {
    return gauge.known ? null : <div className="track track-unknown" aria-hidden="true" />
  }
  const level = LEVELS[reached(gauge)] ?? 'normal'
  return (
    <div className="track" role="img" aria-label={spoken(gauge)}>
      <span
        className={`track-fill ${gauge.governed ? `level-${level}` : 'track-plain'}`}
        style={{ width: place(gauge.load) }}
      />
      {gauge.marks.map((mark) => (
        <Threshold key={mark.level} {...mark} />
      ))}
      <span className="track-limit" style={{ insetInlineStart: place(1) }} title={t`the limit`} />
    </div>
  )
}

function Row({ gauge }: { gauge: Gauge }) {
  return (
    <tr className={gauge.known ? '' : 'gauge-unknown'}>
      <th scope="row">{gauge.label}</th>
      <td>
        {gauge.text}
        {gauge.known && gauge.against && <small>{gauge.against}</small>}
      </td>
      <td>
        <Track gauge={gauge} />
      </td>
    </tr>
  )
}

/** What an instance has and uses, each against what its governor holds. */
export function GaugeTable({ gauges, instance }: { gauges: readonly Gauge[]; instance: string }) {
  return (
    <table className="gauges">
      <caption className="visually-hidden">{t`Resources of ${instance}`}</caption>
      <thead>
        <tr>
          <th scope="col">{t`resource`}</th>
          <th scope="col">{t`now`}</th>
          <th scope="col">{t`load`}</th>
        </tr>
      </thead>
      <tbody>
        {gauges.map((gauge) => (
          <Row key={gauge.name} gauge={gauge} />
        ))}
      </tbody>
    </table>
  )
}
