import { t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { Change } from '../../api/client'
import * as format from '../../format'
import { isAutocorrelation } from '../../graph/model'
import { useChanges } from '../../live/queries'
import { Panel } from '../../ui/small'
import { Empty, Loaded } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { traceAddress } from '../addresses'
import { edgeAddress } from '../stream/view'

const SHOWN = 10
const SHOWN_OF_ONE = 6

/** A sign for each kind of change, so that the list can be scanned without reading. */
const GLYPH: Record<string, string> = {
  appeared: '+',
  vanished: '×',
  strengthened: '↑',
  weakened: '↓',
  flipped: '⇄',
}

function Item({ change, now, named }: { change: Change; now: number; named: boolean }) {
  return (
    <li className={`change change-${change.change}`}>
      <span className="change-glyph" aria-hidden="true">
        {GLYPH[change.change] ?? '·'}
      </span>
      <div>
        <Link to={edgeAddress(change.stream, change)}>{change.summary}</Link>
        <small>
          {named
            ? t`${change.change} in ${change.stream} · ${format.ago(change.at, now)}`
            : t`${change.change} · ${format.ago(change.at, now)}`}
          {change.trace_id && (
            <>
              {' · '}
              <Link to={traceAddress(change.trace_id)}>{t`trace`}</Link>
            </>
          )}
        </small>
      </div>
    </li>
  )
}

/** What changed lately, in words; of one stream where `stream` is given. */
export function ChangeFeed({ stream }: { stream?: string }) {
  const changes = useChanges(stream ?? null)
  const now = useNow()
  return (
    <Panel title={t`What changed lately`}>
      <Loaded query={changes}>
        {({ items }) => {
          const shown = items
            .filter((change) => !isAutocorrelation(change))
            .slice(0, stream ? SHOWN_OF_ONE : SHOWN)
          if (shown.length === 0) {
            return (
              <Empty
                title={t`Nothing has changed lately. Edges are told here as they come and go.`}
              />
            )
          }
          return (
            <ol className="changes" aria-live="polite" aria-relevant="additions">
              {shown.map((change) => (
                <Item key={change.id} change={change} now={now} named={!stream} />
              ))}
            </ol>
          )
        }}
      </Loaded>
    </Panel>
  )
}
