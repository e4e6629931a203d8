import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Page, StreamSummary } from '../../api/client'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useStreams } from '../../live/queries'
import { Empty, Loaded, Skeleton } from '../../ui/states'
import { ChangeFeed } from './ChangeFeed'
import { Pipeline } from './Pipeline'
import { StreamCard } from './StreamCard'

/** Pictures of this many graphs are fetched for the cards; the rest show figures only. */
const PICTURES = 12

function headline(streams: readonly StreamSummary[]): string {
  if (streams.length === 0) return t`Waiting for the first record`
  const rate = streams.reduce((sum, stream) => sum + stream.rate, 0)
  const edges = streams.reduce((sum, stream) => sum + stream.edges, 0)
  const found =
    edges === 0
      ? t`no causal edge yet`
      : plural(edges, { one: '# causal edge', other: '# causal edges' })
  const count = plural(streams.length, { one: '# stream', other: '# streams' })
  return t`${count}, ${format.perSecond(rate)} records a second, ${found}`
}

function HowToBegin() {
  return (
    <Empty title={t`No stream has sent a record yet.`}>
      <p>
        <Trans>
          A stream needs no registration: send records, and it appears here. From a file, with{' '}
          <code>scarcity ingest FILE --stream NAME</code>; from your own program, to the Kafka topic{' '}
          <code>scarcity.v1.raw</code> or over HTTP to <code>/api/v1/streams/NAME/records</code>. To
          see it at work first, run <code>scarcity up</code>, which brings a demonstration.
        </Trans>
      </p>
    </Empty>
  )
}

function Cards({ page }: { page: Page<StreamSummary> }) {
  if (page.items.length === 0) return <HowToBegin />
  return (
    <ul className="cards">
      {page.items.map((stream, i) => (
        <StreamCard key={stream.id} stream={stream} pictured={i < PICTURES} />
      ))}
    </ul>
  )
}

export function OverviewPage() {
  useTitle(t`Overview`)
  const streams = useStreams()
  return (
    <div className="overview">
      <h1>{streams.data ? headline(streams.data.items) : t`Overview`}</h1>
      <Pipeline streams={streams.data?.items ?? []} />
      <div className="overview-columns">
        <section aria-label={t`Streams`}>
          <h2 className="section-title">{t`Streams`}</h2>
          <Loaded query={streams} skeleton={<Skeleton lines={2} tall />}>
            {(page) => <Cards page={page} />}
          </Loaded>
        </section>
        <ChangeFeed />
      </div>
    </div>
  )
}
