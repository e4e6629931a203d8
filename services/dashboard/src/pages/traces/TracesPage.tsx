import { t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { TraceSummary } from '../../api/traces'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useTraceLog } from '../../live/queries'
import { Older } from '../../ui/Older'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip } from '../../ui/small'
import { Empty, Loaded, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { useParam } from '../../ui/useParam'
import { traceAddress } from '../addresses'
import { ComponentMark } from '../ComponentMark'
import { StreamChoice } from '../StreamChoice'
import { About } from './About'
import { milliseconds, plainName } from './words'
import '../../styles/log.css'

function Row({ trace, now }: { trace: TraceSummary; now: number }) {
  return (
    <tr>
      <td title={trace.at}>
        {format.clockTime(trace.at)}
        <small>{format.ago(trace.at, now)}</small>
      </td>
      <th scope="row">
        <Link to={traceAddress(trace.trace_id)}>{plainName(trace.name)}</Link>
        <small>
          <code>{trace.trace_id.slice(0, 8)}</code>
        </small>
      </th>
      <td>
        <span className="trace-components">
          {trace.components.map((name) => (
            <ComponentMark key={name} name={name} />
          ))}
        </span>
      </td>
      <td className="wrapping">
        <About keys={trace.streams} />
      </td>
      <td>{format.count(trace.span_count)}</td>
      <td>
        {milliseconds(trace.duration_ms)}{' '}
        {trace.has_failed && <Chip tone="bad">{t`✕ failed`}</Chip>}
      </td>
    </tr>
  )
}

const heads = (): string[] => [t`began`, t`trace`, t`by way of`, t`about`, t`spans`, t`took`]

function Rows({ traces }: { traces: readonly TraceSummary[] }) {
  const now = useNow(5_000)
  return (
    <ScrollTable label={t`Traces`}>
      <table data-testid="traces">
        <caption className="visually-hidden">{t`Traces, newest first`}</caption>
        <thead>
          <tr>
            {heads().map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <Row key={trace.trace_id} trace={trace} now={now} />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

export function TracesPage() {
  useTitle(t`Traces`)
  const [stream, setStream] = useParam('stream')
  const log = useTraceLog(stream)
  return (
    <div className="plain-page">
      <h1>{t`Traces`}</h1>
      <p className="quiet">
        {t`What a message led to, from service to service, newest first. Up to 2000 are kept.`}
      </p>
      <search className="filters" aria-label={t`Filters`}>
        <StreamChoice value={stream} onChange={setStream} />
      </search>
      <Loaded query={log} skeleton={<Skeleton lines={2} tall />}>
        {({ pages }) => {
          const traces = pages.flatMap(({ items }) => items)
          if (traces.length === 0) {
            return (
              <Empty
                title={stream ? t`No trace about ${stream} is kept.` : t`No trace is kept yet.`}
              >
                <p>
                  {t`A trace begins with a record or a request, and is told once something came of it: a window, a change of the graph, a refusal.`}
                </p>
              </Empty>
            )
          }
          return (
            <div className="panel">
              <Rows traces={traces} />
              <Older label={t`Older traces`} {...log} />
            </div>
          )
        }}
      </Loaded>
    </div>
  )
}
