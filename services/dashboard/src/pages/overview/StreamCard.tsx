import { t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { StreamSummary } from '../../api/client'
import { codeName } from '../../codes'
import * as format from '../../format'
import { useGraph, useRates } from '../../live/queries'
import { Sparkline } from '../../ui/Sparkline'
import { Chip, Stat } from '../../ui/small'
import { MiniGraph } from './MiniGraph'

interface Props {
  stream: StreamSummary
  /** Whether to fetch and draw the stream's graph. */
  pictured: boolean
}

function Flaws({ stream }: { stream: StreamSummary }) {
  return (
    <>
      {Object.entries(stream.flaws).map(([kind, n]) => (
        <Chip key={kind} tone="warn">
          {format.count(n)} {kind}
        </Chip>
      ))}
      {stream.late > 0 && <Chip tone="warn">{t`${format.count(stream.late)} late`}</Chip>}
    </>
  )
}

export function StreamCard({ stream, pictured }: Props) {
  const graph = useGraph(stream.id, 'accepted', pictured && stream.windows > 0)
  const rates = useRates(stream.id)
  const address = `/streams/${encodeURIComponent(stream.id)}`
  return (
    <li className="card" data-testid={`stream-card-${stream.id}`}>
      <header>
        <h3>
          <Link to={address}>{stream.id}</Link>
        </h3>
        <Chip>{stream.domain || t`no domain`}</Chip>
        {stream.state === 'paused' && <Chip tone="warn">{codeName(stream.state)}</Chip>}
        {stream.truth && <Chip tone="good">{t`truth known`}</Chip>}
      </header>
      <MiniGraph variables={stream.variables} edges={graph.data?.edges ?? []} />
      <dl className="stats">
        <Stat label={t`edges`}>{format.count(stream.edges)}</Stat>
        <Stat label={t`variables`}>{format.count(stream.variables.length)}</Stat>
        <Stat label={t`records`}>{format.count(stream.records)}</Stat>
        <Stat label={t`windows`}>{format.count(stream.windows)}</Stat>
      </dl>
      <footer>
        <span className="card-rate">{format.rate(stream.rate)}</span>
        <Sparkline values={rates} label={t`Rate of ${stream.id} since this page was opened`} />
        <Flaws stream={stream} />
      </footer>
    </li>
  )
}
