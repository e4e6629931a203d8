import { t } from '@lingui/core/macro'
import { type KeyboardEvent, useRef } from 'react'
import type { Span } from '../../api/traces'
import { componentColour } from '../../ui/colours'
import { displayName } from '../overview/stages'
import { barOf, lengthOf, ticks } from './waterfall'
import { milliseconds, plainName, sentence } from './words'

const TICKS = 4
/** From where on a time stands before its mark, as there is no room behind. */
const LATE = 0.82

function Axis({ length }: { length: number }) {
  return (
    <div className="waterfall-axis" aria-hidden="true">
      {ticks(length, TICKS).map((at) => (
        <span
          key={at}
          className={at > LATE * length ? 'tick-late' : ''}
          style={{ insetInlineStart: `${(100 * at) / length}%` }}
        >
          {milliseconds(at)}
        </span>
      ))}
    </div>
  )
}

interface RowProps {
  span: Span
  length: number
  isChosen: boolean
  isReached: boolean
  onChoose: () => void
}

function Row({ span, length, isChosen, isReached, onChoose }: RowProps) {
  const { left, width } = barOf(span, length)
  return (
    <li>
      <button
        type="button"
        className={span.error ? 'span-row span-failed' : 'span-row'}
        aria-pressed={isChosen}
        aria-label={`${displayName(span.component)}: ${sentence(span)}`}
        tabIndex={isReached ? 0 : -1}
        onClick={onChoose}
      >
        <span
          className="span-name"
          style={{ paddingInlineStart: `${Math.min(span.depth, 8) * 14}px` }}
        >
          <span className="span-component">{displayName(span.component)}</span>
          <small>{plainName(span.name)}</small>
        </span>
        <span className="span-track">
          <span
            className="span-bar"
            style={{
              insetInlineStart: `${left}%`,
              width: `${width}%`,
              background: componentColour(span.component),
            }}
          />
        </span>
        <span className="span-duration">
          {span.error && '✕ '}
          {milliseconds(span.duration_ms)}
        </span>
      </button>
    </li>
  )
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** Arrow keys go through the rows. */
function useArrows() {
  const list = useRef<HTMLOListElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    const last = rows.length - 1
    const to = { Home: 0, End: last }[event.key] ?? at + (STEPS[event.key] ?? 0)
    if (at < 0 || to === at) return
    event.preventDefault()
    rows[Math.min(last, Math.max(0, to))]?.focus()
  }
  return { list, onKeyDown }
}

interface Props {
  spans: readonly Span[]
  chosen: string | null
  onChoose: (span: string | null) => void
}

/** Each span as a bar on one axis of time, behind that which led to it. */
export function Waterfall({ spans, chosen, onChoose }: Props) {
  const { list, onKeyDown } = useArrows()
  const length = lengthOf(spans)
  const reached = spans.find(({ span_id }) => span_id === chosen) ?? spans[0]
  return (
    <div className="waterfall" data-testid="waterfall">
      <Axis length={length} />
      <ol ref={list} onKeyDown={onKeyDown} aria-label={t`Spans; arrow keys go through them`}>
        {spans.map((span) => (
          <Row
            key={span.span_id}
            span={span}
            length={length}
            isChosen={span.span_id === chosen}
            isReached={span === reached}
            onChoose={() => onChoose(span.span_id === chosen ? null : span.span_id)}
          />
        ))}
      </ol>
    </div>
  )
}
