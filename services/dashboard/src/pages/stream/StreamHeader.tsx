import { plural, t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { CausalGraph, StreamDetail } from '../../api/client'
import { useRefusal } from '../../app/session'
import * as format from '../../format'
import { useRates } from '../../live/queries'
import { Crumbs } from '../../ui/Crumbs'
import { Sparkline } from '../../ui/Sparkline'
import { Chip, Stat } from '../../ui/small'
import { Refused } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { Actions } from '../streams/Actions'
import { definitionAddress } from '../streams/addresses'
import { StateChip } from '../streams/StateChip'

interface Props {
  stream: StreamDetail
  graph: CausalGraph | undefined
}

function windowText({ window, cadence_s }: StreamDetail): string {
  const step = cadence_s
    ? t`one step is ${format.seconds(cadence_s)}`
    : t`the step is not known yet`
  if (!window) return t`${step}.`
  const { kind, size, hop } = window
  if (!hop) return t`Windows by ${kind}, size ${format.count(size)}; ${step}.`
  const every = plural(hop, { one: 'every step', other: 'every # steps' })
  return t`Windows by ${kind}, size ${format.count(size)}, one ${every}; ${step}.`
}

function changeText({ version, epoch, change }: StreamDetail): string {
  return epoch > 0
    ? t`epoch ${epoch}, version ${version}: ${change}`
    : t`version ${version}: ${change}`
}

export function StreamHeader({ stream, graph }: Props) {
  const now = useNow()
  const rates = useRates(stream.id)
  const why = useRefusal({ role: 'operator', what: t`Pausing a stream` })
  const whyNotForget = useRefusal({ role: 'admin', what: t`Forgetting a stream` })
  return (
    <header className="stream-header">
      <div>
        <Crumbs above={[[t`Streams`, '/streams']]} />
        <h1>{stream.id}</h1>
        <div className="stream-tags">
          <StateChip state={stream.state} />
          <Actions stream={stream} />
          <Refused why={why ?? whyNotForget} />
          <Chip>{stream.domain || t`no domain`}</Chip>
          {stream.epoch > 0 && !stream.change && <Chip>{t`epoch ${stream.epoch}`}</Chip>}
          <span className="quiet">{windowText(stream)}</span>{' '}
          <Link to={definitionAddress(stream.id)}>{t`Definition`}</Link>
        </div>
        {stream.change && (
          <p className="stream-change" data-testid="stream-change">
            {changeText(stream)}
          </p>
        )}
      </div>
      <dl className="stats stream-stats">
        <Stat label={t`rate`}>
          {format.rate(stream.rate)}
          <Sparkline values={rates} label={t`Rate since this page was opened`} />
        </Stat>
        <Stat label={t`records`}>{format.count(stream.records)}</Stat>
        <Stat label={t`windows`}>{format.count(graph?.windows ?? stream.windows)}</Stat>
        <Stat label={t`last window`}>{format.ago(stream.last_window_at, now)}</Stat>
        <Stat label={t`graph version`}>{format.count(graph?.version)}</Stat>
        {graph && graph.regime > 0 && (
          <Stat
            label={t`regime`}
            title={t`The rules of this stream have changed. Each set of rules has a number, and comes back with it; the graph shows the one that holds now.`}
          >
            {format.count(graph.regime)}
          </Stat>
        )}
        <Stat label={t`links tested`} title={t`Links tested of those possible`}>
          {graph
            ? t`${format.count(graph.coverage.tested)} of ${format.count(graph.coverage.possible)}`
            : '–'}
        </Stat>
      </dl>
    </header>
  )
}
