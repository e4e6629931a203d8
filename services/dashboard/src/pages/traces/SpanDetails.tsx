import type { Span } from '../../api/traces'
import { Copy } from '../../ui/Copy'
import { ComponentMark } from '../ComponentMark'
import { milliseconds, placeOf, plainName } from './words'

/** One span, whole. */
export function SpanDetails({ span }: { span: Span }) {
  const place = placeOf(span)
  return (
    <section className="span-details" aria-label="The chosen span">
      <h3>
        <ComponentMark name={span.component} /> <small>{plainName(span.name)}</small>
      </h3>
      {span.error && <p className="contrary">Failed: {span.error}</p>}
      <dl className="facts">
        <div>
          <dt>begins</dt>
          <dd>{milliseconds(span.start_ms)} after the start</dd>
        </div>
        <div>
          <dt>takes</dt>
          <dd>{milliseconds(span.duration_ms)}</dd>
        </div>
        <div>
          <dt>handled, on the bus</dt>
          <dd>{place ? <Copy text={place} what="the place on the bus" /> : 'no message'}</dd>
        </div>
        <div>
          <dt>key</dt>
          <dd>{span.key ?? '–'}</dd>
        </div>
        <div>
          <dt>span</dt>
          <dd>
            <Copy text={span.span_id} what="the id of the span" />
          </dd>
        </div>
        <div>
          <dt>led to by</dt>
          <dd>{span.parent_id ?? 'nothing that is kept'}</dd>
        </div>
      </dl>
    </section>
  )
}
