import { t } from '@lingui/core/macro'
import type { EdgeKey } from '../../../api/client'
import * as format from '../../../format'
import { effectOf, intervalOf, sameEdge } from '../../../graph/model'
import { Chip } from '../../../ui/small'
import { useNow } from '../../../ui/useNow'
import { IntervalBar } from '../IntervalBar'
import type { Looked } from './useLooked'
import { clock, differenceInWords } from './words'

function ThenEdge({ looked, edge }: { looked: Looked; edge: EdgeKey }) {
  const now = useNow()
  const found = looked.past?.edges.find((other) => sameEdge(other, edge))
  if (!looked.past) return null
  if (!found) return <p>{t`This edge was not in the graph at that moment.`}</p>
  const changed = found.changed_at && clock(found.changed_at, now)
  return (
    <>
      <IntervalBar effect={effectOf(found)} interval={intervalOf(found)} />
      <p>
        {found.certain && changed
          ? t`It had last changed at ${changed}.`
          : t`None of its changes until then is kept: what it was is known from what came later.`}
      </p>
    </>
  )
}

function Compared({ looked, edge }: { looked: Looked; edge: EdgeKey }) {
  const { difference } = looked
  if (!difference) return null
  const found = difference.edges.find((other) => sameEdge(other, edge))
  if (!found) return <p>{t`This edge was there at neither of the two moments.`}</p>
  return (
    <>
      <p className="sentence">{differenceInWords(found)}.</p>
      <dl className="facts">
        <div>
          <dt>{t`before`}</dt>
          <dd>{format.signed(found.before)}</dd>
        </div>
        <div>
          <dt>{t`after`}</dt>
          <dd>{format.signed(found.after)}</dd>
        </div>
        <div>
          <dt>{t`changes in between`}</dt>
          <dd>{format.count(found.changes)}</dd>
        </div>
      </dl>
    </>
  )
}

/** What was known of an edge at the moment, or at the two, that are looked at. */
export function Then({ looked, edge }: { looked: Looked; edge: EdgeKey }) {
  const now = useNow()
  const { moment } = looked
  if (moment.kind === 'live') return null
  const at = moment.kind === 'past' ? clock(moment.at, now) : ''
  return (
    <section className="then" data-testid="then" aria-label={t`At the moment that is shown`}>
      <Chip tone="warn">{at ? t`as it was at ${at}` : t`compared`}</Chip>
      {at ? <ThenEdge looked={looked} edge={edge} /> : <Compared looked={looked} edge={edge} />}
    </section>
  )
}
