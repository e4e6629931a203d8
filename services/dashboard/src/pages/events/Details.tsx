import { t } from '@lingui/core/macro'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { EventDetails } from '../../api/events'
import { useEvent } from '../../live/queries'
import { Copy } from '../../ui/Copy'
import { JsonBox } from '../../ui/JsonBox'
import { Loaded } from '../../ui/states'
import { letterAddress, streamAddress, traceAddress } from '../addresses'

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Whole({ event }: { event: EventDetails }) {
  const { id, kind, type, at, stream, trace_id, topic, partition, offset, payload } = event
  return (
    <>
      <dl className="facts">
        <Fact label={t`id`}>
          <Copy text={id} what={t`the id of the event`} />
        </Fact>
        <Fact label={t`type`}>{type}</Fact>
        <Fact label={t`on the bus`}>
          <Copy text={`${topic}/${partition}/${offset}`} what={t`the place on the bus`} />
        </Fact>
        <Fact label={t`happened`}>{at}</Fact>
        {stream && (
          <Fact label={t`stream`}>
            <Link to={streamAddress(stream)}>{stream}</Link>
          </Fact>
        )}
        {trace_id && (
          <Fact label={t`trace`}>
            <Copy text={trace_id} what={t`the id of the trace`} />{' '}
            <Link to={traceAddress(trace_id)}>{t`Follow it`}</Link>
          </Fact>
        )}
      </dl>
      {kind === 'dead-letter' && (
        <Link to={letterAddress(id)}>{t`Look into this dead letter`}</Link>
      )}
      <JsonBox value={payload} label={t`all that it says`} />
    </>
  )
}

/** One event, whole. */
export function Details({ id }: { id: string }) {
  const event = useEvent(id)
  return (
    <section className="log-details" aria-label={t`The chosen event`}>
      <Loaded query={event}>{(whole) => <Whole event={whole} />}</Loaded>
    </section>
  )
}
