import { t } from '@lingui/core/macro'
import type { Span } from '../../api/traces'
import { ScrollTable } from '../../ui/ScrollTable'
import { ComponentMark } from '../ComponentMark'
import { milliseconds, placeOf, plainName } from './words'

const heads = (): string[] => [
  t`component`,
  t`work`,
  t`topic / partition / offset`,
  t`key`,
  t`begins`,
  t`takes`,
  t`error`,
]

/** The same as a table. */
export function SpanTable({ spans }: { spans: readonly Span[] }) {
  return (
    <ScrollTable label={t`Spans`}>
      <table data-testid="span-table">
        <caption className="visually-hidden">
          {t`Spans of the trace, each behind that which led to it`}
        </caption>
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
          {spans.map((span) => (
            <tr key={span.span_id}>
              <th scope="row" style={{ paddingInlineStart: `${Math.min(span.depth, 8) * 14}px` }}>
                <ComponentMark name={span.component} />
              </th>
              <td>{plainName(span.name)}</td>
              <td>{placeOf(span) ?? '–'}</td>
              <td>{span.key ?? '–'}</td>
              <td>{milliseconds(span.start_ms)}</td>
              <td>{milliseconds(span.duration_ms)}</td>
              <td className={span.error ? 'contrary wrapping' : ''}>{span.error ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}
