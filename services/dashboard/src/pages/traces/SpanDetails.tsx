import { t } from '@lingui/core/macro'
import type { Span } from '../../api/traces'
import { Copy } from '../../ui/Copy'
import { ComponentMark } from '../ComponentMark'
import { milliseconds, placeOf, plainName } from './words'

/** One span, whole. */
export function SpanDetails({ span }: { span: Span }) {
  const place = placeOf(span)
  return (
    <section className="span-details" aria-label={t`The chosen span`}>
      <h3>
        <ComponentMark name={span.component} /> <small>{plainName(span.name)}</small>
      </h3>
      {span.error && <p className="contrary">{t`Failed: ${span.error}`}</p>}
      <dl className="facts">
        <div>
          <dt>{t`begins`}</dt>
          <dd>{t`${milliseconds(span.start_ms)} after the start`}</dd>
        </div>
        <div>
          <dt>{t`takes`}</dt>
          <dd>{milliseconds(span.duration_ms)}</dd>
        </div>
        <div>
          <dt>{t`handled, on the bus`}</dt>
          <dd>{place ? <Copy text={place} what={t`the place on the bus`} /> : t`no message`}</dd>
        </div>
        <div>
          <dt>{t`key`}</dt>
          <dd>{span.key ?? '–'}</dd>
        </div>
        <div>
          <dt>{t`span`}</dt>
          <dd>
            <Copy text={span.span_id} what={t`the id of the span`} />
          </dd>
        </div>
        <div>
          <dt>{t`led to by`}</dt>
          <dd>{span.parent_id ?? t`nothing that is kept`}</dd>
        </div>
      </dl>
    </section>
  )
}
