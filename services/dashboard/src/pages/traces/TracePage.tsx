import { t } from '@lingui/core/macro'
import { Link, useParams } from 'react-router'
import { isNotFound } from '../../api/problems'
import type { TraceDetails } from '../../api/traces'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useTrace } from '../../live/queries'
import { Segments } from '../../ui/Choice'
import { Copy } from '../../ui/Copy'
import { Crumbs } from '../../ui/Crumbs'
import { Chip, Panel, Stat } from '../../ui/small'
import { Empty, Failure, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { useParam } from '../../ui/useParam'
import { eventsOf } from '../addresses'
import { ComponentMark } from '../ComponentMark'
import { About } from './About'
import { SpanDetails } from './SpanDetails'
import { SpanTable } from './SpanTable'
import { Waterfall } from './Waterfall'
import { componentsOf, workOf } from './waterfall'
import { milliseconds, plainName } from './words'
import '../../styles/log.css'

/** Of one trace, as the gateway keeps them. */
const MOST_SPANS = 200

function Head({ trace }: { trace: TraceDetails }) {
  const now = useNow()
  return (
    <>
      <div className="page-head">
        <h1>{plainName(trace.name)}</h1>
        {trace.has_failed && <Chip tone="bad">{t`✕ failed`}</Chip>}
      </div>
      <dl className="stats">
        <Stat label={t`began`} title={trace.at}>
          {format.clockTime(trace.at)} <small>{format.ago(trace.at, now)}</small>
        </Stat>
        <Stat label={t`took`}>{milliseconds(trace.duration_ms)}</Stat>
        <Stat label={t`spans`}>{format.count(trace.span_count)}</Stat>
        <Stat label={t`about`}>
          <About keys={trace.streams} />
        </Stat>
      </dl>
      <p className="quiet">
        <Copy text={trace.trace_id} what={t`the id of the trace`} />{' '}
        <Link to={eventsOf(trace.trace_id)}>{t`What happened in it`}</Link>
      </p>
    </>
  )
}

function Work({ trace }: { trace: TraceDetails }) {
  return (
    <ul className="waterfall-legend" aria-label={t`Work of each component`}>
      {componentsOf(trace.spans).map((name) => (
        <li key={name}>
          <ComponentMark name={name} /> <small>{milliseconds(workOf(trace.spans, name))}</small>
        </li>
      ))}
    </ul>
  )
}

const views = () => [
  { value: 'waterfall', label: t`Waterfall` },
  { value: 'table', label: t`Table` },
]

function Spans({ trace }: { trace: TraceDetails }) {
  const [view, setView] = useParam('view')
  const [chosen, setChosen] = useParam('span')
  const table = view === 'table'
  const span = trace.spans.find(({ span_id }) => span_id === chosen)
  return (
    <Panel
      title={t`What it led to`}
      aside={
        <Segments
          label={t`Show as`}
          value={table ? 'table' : 'waterfall'}
          options={views()}
          onChange={(value) => setView(value === 'table' ? value : null)}
        />
      }
    >
      {table ? (
        <SpanTable spans={trace.spans} />
      ) : (
        <>
          <Work trace={trace} />
          <Waterfall spans={trace.spans} chosen={chosen} onChoose={setChosen} />
          {span && <SpanDetails span={span} />}
        </>
      )}
      {trace.span_count >= MOST_SPANS && (
        <p className="quiet footnote">
          {t`The first ${format.count(MOST_SPANS)} spans of a trace are kept; a collector gets all.`}
        </p>
      )}
      <p className="quiet footnote">
        {t`Work that changed nothing leaves no span. Times are by the clock of each process: between machines whose clocks differ, bars are shifted by as much.`}
      </p>
    </Panel>
  )
}

function Unknown({ why }: { why: string }) {
  return (
    <Empty title={t`This trace is not there.`}>
      <p>{why}.</p>
      <p>
        <Link to="/traces">{t`All traces that are kept`}</Link>
      </p>
    </Empty>
  )
}

export function TracePage() {
  const { id = '' } = useParams()
  useTitle(t`Trace ${id.slice(0, 8)}`)
  const { data, error, refetch } = useTrace(id)
  return (
    <div className="plain-page">
      <Crumbs above={[[t`Traces`, '/traces']]} />
      {data && (
        <>
          <Head trace={data} />
          <Spans trace={data} />
        </>
      )}
      {!data && !error && <Skeleton lines={2} tall />}
      {!data && error && (
        <>
          <h1>{t`Trace ${id.slice(0, 8)}…`}</h1>
          {isNotFound(error) ? (
            <Unknown why={error.message} />
          ) : (
            <Failure error={error} onRetry={() => refetch()} />
          )}
        </>
      )}
    </div>
  )
}
