import { t } from '@lingui/core/macro'
import { type ReactNode, useState } from 'react'
import type { LoggedEvent } from '../../api/events'
import * as format from '../../format'
import { useConnection } from '../../live/connection'
import { Chip, Dot } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { Details } from './Details'
import { type News, news, newsInWords } from './holding'
import { kindName } from './kinds'
import { useHold } from './useHold'

interface ItemProps {
  event: LoggedEvent
  now: number
  isOpen: boolean
  onToggle: () => void
}

function Item({ event, now, isOpen, onToggle }: ItemProps) {
  return (
    <li className={`log-item log-${event.kind}`}>
      <button type="button" className="log-line" aria-expanded={isOpen} onClick={onToggle}>
        <time dateTime={event.at} title={event.at}>
          {format.clockTime(event.at)}
        </time>
        <Chip>{kindName(event.kind)}</Chip>
        <span className="log-summary">
          {event.summary} {event.stream && <small>{event.stream}</small>}
        </span>
        <span className="log-ago">{format.ago(event.at, now)}</span>
      </button>
      {isOpen && <Details id={event.id} />}
    </li>
  )
}

interface BarProps {
  following: boolean
  paused: boolean
  fresh: News
  onPause: (paused: boolean) => void
}

/** Whether new events come in by themselves, and the switch of it. */
function LiveBar({ following, paused, fresh, onPause }: BarProps) {
  const connection = useConnection()
  const how = connection === 'live' ? t`New events come in as they happen` : t`Asks every 10 s`
  return (
    <div className="live-bar">
      <span>
        <Dot tone={following ? 'good' : 'warn'} />{' '}
        <span data-testid="following">
          {following ? how : t`Held still while you read: ${newsInWords(fresh)}`}
        </span>
      </span>
      <button
        type="button"
        className="button"
        aria-pressed={paused}
        onClick={() => onPause(!paused)}
      >
        {paused ? t`Go on` : t`Pause`}
      </button>
    </div>
  )
}

interface Props {
  /** The newest, as they come in. */
  newest: readonly LoggedEvent[]
  /** Whether older pages are there as well, and so nothing new comes in. */
  isDeep: boolean
  chosen: string | null
  onChoose: (id: string | null) => void
  onNewest: () => void
  children: ReactNode
}

/** Events, newest first: new ones come in, unless somebody reads. */
export function EventList({ newest, isDeep, chosen, onChoose, onNewest, children }: Props) {
  const now = useNow()
  const { held, handlers } = useHold()
  const [paused, setPaused] = useState(false)
  const [kept, setKept] = useState(newest)
  const following = !(held || paused || chosen)
  if (following && kept !== newest) setKept(newest)
  const shown = following || isDeep ? newest : kept
  const apart = chosen !== null && !shown.some(({ id }) => id === chosen)
  return (
    <>
      {isDeep ? (
        <div className="live-bar">
          <span>{t`Older events are shown, so new ones do not come in by themselves.`}</span>
          <button type="button" className="button" onClick={onNewest}>
            {t`Back to the newest`}
          </button>
        </div>
      ) : (
        <LiveBar
          following={following}
          paused={paused}
          fresh={news(shown, newest)}
          onPause={setPaused}
        />
      )}
      {apart && (
        <div className="panel">
          <Details id={chosen} />
          <button type="button" className="link" onClick={() => onChoose(null)}>
            {t`Close`}
          </button>
        </div>
      )}
      {shown.length === 0 ? (
        <Empty title={t`No event matches. Of each kind the newest are kept: a thousand, or 200.`} />
      ) : (
        <div className="panel log-panel" {...handlers}>
          <ol className="log" data-testid="events">
            {shown.map((event) => (
              <Item
                key={event.id}
                event={event}
                now={now}
                isOpen={event.id === chosen}
                onToggle={() => onChoose(event.id === chosen ? null : event.id)}
              />
            ))}
          </ol>
          {children}
        </div>
      )}
    </>
  )
}
