import { plural, t } from '@lingui/core/macro'
import { type PointerEvent, useCallback, useMemo, useRef } from 'react'
import type { StreamHistory } from '../../../api/history'
import { useReducedMotion } from '../../../app/theme'
import { useNow } from '../../../ui/useNow'
import { useWidth } from '../../../ui/useWidth'
import { Axis } from './Axis'
import { Handle } from './Handle'
import { compared, LIVE, type Moment } from './moment'
import { type Frame, lastOf, nearest, placeOf, type Stop, stopAt, stopsOf } from './timeline'
import type { SetMoment } from './useMoment'
import { useReplay } from './useReplay'
import { useSettling } from './useSettling'
import { clock, stopInWords } from './words'

interface Props {
  history: StreamHistory
  moment: Moment
  setMoment: SetMoment
}

const momentAt = ({ at }: Stop): Moment => (at === null ? LIVE : { kind: 'past', at })

/** The moments that the handles stand at. */
function handlesOf(moment: Moment, stops: readonly Stop[]): number[] {
  if (moment.kind === 'compared') return [stopAt(stops, moment.from), stopAt(stops, moment.to)]
  return [stopAt(stops, moment.kind === 'past' ? moment.at : null)]
}

/** A comparison ends at a moment, never at what goes on living. */
const instant = (stops: readonly Stop[], index: number): string => {
  const stop = stops[index]
  return stop?.at ?? new Date(stop?.time ?? 0).toISOString()
}

function Track({ history, moment, setMoment, stops }: Props & { stops: readonly Stop[] }) {
  const now = useNow()
  const day = Math.floor(now / 60_000) * 60_000
  const [width, measure] = useWidth(640)
  const track = useRef<HTMLDivElement | null>(null)
  const frame = useMemo<Frame>(
    () => ({ left: 10, right: width - 10, top: 16, bottom: 42 }),
    [width],
  )
  const [shown, show] = useSettling(moment, setMoment)
  const handles = handlesOf(shown, stops)
  const near = (clientX: number) =>
    nearest(stops, frame, clientX - (track.current?.getBoundingClientRect().left ?? 0))
  const move = (which: number) => (index: number) => {
    const other = handles[1 - which]
    if (other === undefined) show(momentAt(stops[index] as Stop))
    else if (which === 0 ? index < other : index > other)
      show(compared(instant(stops, index), instant(stops, other)))
  }
  const onPointerDown = ({ clientX, target }: PointerEvent) => {
    if (target instanceof Element && target.closest('[role="slider"]')) return
    const index = near(clientX)
    const [first = 0, second] = handles
    const isSecond = second !== undefined && Math.abs(second - index) < Math.abs(first - index)
    move(Number(isSecond))(index)
  }
  const place = placeOf(stops, frame)
  const xOf = (index: number) => place(stops[index] as Stop)
  const labels = handles.length > 1 ? [t`Before`, t`After`] : [t`Moment that is shown`]
  const [from = 0, to = 0] = handles.map(xOf)
  const setTrack = useCallback(
    (element: HTMLDivElement | null) => {
      track.current = element
      return measure(element)
    },
    [measure],
  )
  return (
    <div className="timeline-track" ref={setTrack} onPointerDown={onPointerDown}>
      {handles.length > 1 && (
        <span className="timeline-between" style={{ left: from, width: Math.max(0, to - from) }} />
      )}
      <Axis points={history.points} stops={stops} frame={frame} width={width} now={day} />
      {handles.map((index, which) => (
        <Handle
          key={labels[which]}
          label={labels[which] ?? ''}
          spoken={stopInWords(stops[index] as Stop, now)}
          stops={stops}
          index={index}
          x={xOf(index)}
          near={near}
          onMove={move(which)}
        />
      ))}
    </div>
  )
}

/** Where a comparison begins when it is asked for: here against now, or the last change. */
function comparison(stops: readonly Stop[], index: number): Moment {
  const last = lastOf(stops)
  const from = index < last - 1 ? index : Math.max(0, last - 2)
  return compared(instant(stops, from), instant(stops, last - 1))
}

interface ToolsProps extends Omit<Props, 'history'> {
  stops: readonly Stop[]
  playing: boolean
  play: (playing: boolean) => void
}

function Tools({ moment, setMoment, stops, playing, play }: ToolsProps) {
  const [index = 0] = handlesOf(moment, stops)
  const comparing = moment.kind === 'compared'
  return (
    <div className="timeline-tools">
      <button
        type="button"
        className="button"
        disabled={comparing}
        onClick={() => play(!playing)}
        title={t`Goes through the history in about 20 seconds`}
      >
        {playing ? t`Stop` : t`Replay`}
      </button>
      <button
        type="button"
        className="button"
        aria-pressed={comparing}
        onClick={() => setMoment(comparing ? LIVE : comparison(stops, index))}
      >
        {t`Compare`}
      </button>
      <button
        type="button"
        className="button"
        aria-pressed={moment.kind === 'live'}
        onClick={() => setMoment(LIVE)}
      >
        {t`Live`}
      </button>
    </div>
  )
}

function Shown({ moment, stops }: { moment: Moment; stops: readonly Stop[] }) {
  const now = useNow()
  const said = handlesOf(moment, stops).map((index) => stopInWords(stops[index] as Stop, now))
  return <p className="timeline-shown">{said.join(' → ')}</p>
}

/** Of many changes the oldest are dropped; the axis begins where they are complete. */
function Beginning({ history }: { history: StreamHistory }) {
  const now = useNow()
  const since = clock(history.since, now)
  const changes = plural(history.changes, { one: '# change', other: '# changes' })
  return (
    <p className="timeline-since">
      {t`${changes} since ${since}, where what is kept begins.`}{' '}
      <span>
        <i className="sign-appeared" aria-hidden="true" /> {t`up: edges appeared`}
      </span>{' '}
      <span>
        <i className="sign-vanished" aria-hidden="true" /> {t`down: edges vanished`}
      </span>{' '}
      <span>
        <i className="sign-altered" aria-hidden="true" /> {t`dot: others changed`}
      </span>
    </p>
  )
}

/** The history of a stream, and which moment of it is shown. */
export function Timeline({ history, moment, setMoment }: Props) {
  const stops = useMemo(() => stopsOf(history), [history])
  const still = useReducedMotion()
  const [index = 0] = handlesOf(moment, stops)
  const [playing, play] = useReplay(stops, index, still, (stop) => setMoment(momentAt(stop)))
  const setByHand = (next: Moment) => {
    play(false)
    setMoment(next)
  }
  if (history.points.length === 0) {
    return (
      <p className="quiet">{t`No edge of this stream has changed yet; its history begins then.`}</p>
    )
  }
  const shown = { moment, setMoment: setByHand, stops }
  return (
    <section className="timeline" aria-label={t`History`}>
      <header>
        <Shown moment={moment} stops={stops} />
        <Tools {...shown} playing={playing} play={play} />
      </header>
      <Track {...shown} history={history} />
      <Beginning history={history} />
    </section>
  )
}
