import { t } from '@lingui/core/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTitle } from '../../app/useTitle'
import { keys, useEventLog } from '../../live/queries'
import { Older } from '../../ui/Older'
import { Loaded, Skeleton } from '../../ui/states'
import { useAddress } from '../../ui/useAddress'
import { EventList } from './EventList'
import { Filters } from './Filters'
import { readFilter } from './filter'
import '../../styles/log.css'

export function EventsPage() {
  useTitle(t`Events`)
  const [params, change] = useAddress()
  const client = useQueryClient()
  const filter = readFilter(params)
  const log = useEventLog(filter)
  const { data } = log
  const newest = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data])
  return (
    <div className="plain-page">
      <h1>{t`Events`}</h1>
      <p className="quiet">
        {t`What happened, newest first, of all that a person may want to see.`}
      </p>
      <Filters filter={filter} onChange={change} />
      <Loaded query={log} skeleton={<Skeleton lines={2} tall />}>
        {({ pages }) => (
          <EventList
            key={JSON.stringify(filter)}
            newest={newest}
            isDeep={pages.length > 1}
            chosen={params.get('event')}
            onChoose={(event) => change({ event })}
            onNewest={() => client.resetQueries({ queryKey: [...keys.eventLog, filter] })}
          >
            <Older label={t`Older events`} {...log} />
          </EventList>
        )}
      </Loaded>
    </div>
  )
}
