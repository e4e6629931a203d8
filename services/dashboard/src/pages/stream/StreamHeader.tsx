import { Link } from 'react-router'
import type { CausalGraph, StreamDetail } from '../../api/client'
import * as format from '../../format'
import { useRates } from '../../live/queries'
import { Sparkline } from '../../ui/Sparkline'
import { Chip, Dot, Stat } from '../../ui/small'
import { useNow } from '../../ui/useNow'
import { StreamSwitch } from './StreamSwitch'

interface Props {
  stream: StreamDetail
  graph: CausalGraph | undefined
}

function windowText({ window, cadence_s }: StreamDetail): string {
  const step = cadence_s ? `one step is ${format.seconds(cadence_s)}` : 'the step is not known yet'
  if (!window) return `${step}.`
  const hop = window.hop ? `, one every ${window.hop} steps` : ''
  return `Windows by ${window.kind}, size ${window.size}${hop}; ${step}.`
}

function changeText({ version, epoch, change }: StreamDetail): string {
  const past = epoch > 0 ? `epoch ${epoch}, ` : ''
  return `${past}version ${version}: ${change}`
}

export function StreamHeader({ stream, graph }: Props) {
  const now = useNow()
  const rates = useRates(stream.id)
  const running = stream.state === 'running'
  return (
    <header className="stream-header">
      <div>
        <p className="crumb">
          <Link to="/">Overview</Link> / stream
        </p>
        <h1>{stream.id}</h1>
        <p className="stream-tags">
          <Chip tone={running ? 'good' : 'warn'}>
            <Dot tone={running ? 'good' : 'warn'} /> {stream.state}
          </Chip>
          <StreamSwitch stream={stream} />
          <Chip>{stream.domain || 'no domain'}</Chip>
          {stream.epoch > 0 && !stream.change && <Chip>epoch {stream.epoch}</Chip>}
          <span className="quiet">{windowText(stream)}</span>
        </p>
        {stream.change && (
          <p className="stream-change" data-testid="stream-change">
            {changeText(stream)}
          </p>
        )}
      </div>
      <dl className="stats stream-stats">
        <Stat label="rate">
          {format.rate(stream.rate)}
          <Sparkline values={rates} label="Rate since this page was opened" />
        </Stat>
        <Stat label="records">{format.count(stream.records)}</Stat>
        <Stat label="windows">{format.count(graph?.windows ?? stream.windows)}</Stat>
        <Stat label="last window">{format.ago(stream.last_window_at, now)}</Stat>
        <Stat label="graph version">{format.count(graph?.version)}</Stat>
        <Stat label="links tested" title="Links tested of those possible">
          {graph
            ? `${format.count(graph.coverage.tested)} of ${format.count(graph.coverage.possible)}`
            : '–'}
        </Stat>
      </dl>
    </header>
  )
}
