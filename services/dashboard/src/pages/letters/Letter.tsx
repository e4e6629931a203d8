import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Link } from 'react-router'
import type { Encoding, LetterDetails, LetterHeader } from '../../api/letters'
import * as format from '../../format'
import { useLetter } from '../../live/queries'
import { Segments } from '../../ui/Choice'
import { Copy } from '../../ui/Copy'
import { ScrollTable } from '../../ui/ScrollTable'
import { Loaded, Refused } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { traceAddress } from '../addresses'
import { ComponentMark } from '../ComponentMark'
import { isEdited, valueFault, whyNotEdited, written } from './edit'
import { Story, Verdict } from './Outcome'
import { type Replay, useReplay } from './useReplay'

/** Of a value that is too long to be edited, what is shown, in characters. */
const SHOWN = 4_096

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Facts({ letter }: { letter: LetterDetails }) {
  const { origin_topic: topic, partition, offset, component, trace_id, bytes } = letter
  return (
    <dl className="facts">
      <Fact label="id">
        <Copy text={letter.id} what="the id of the letter" />
      </Fact>
      <Fact label="was at">
        <Copy text={`${topic}/${partition}/${offset}`} what="the place on the bus" />
      </Fact>
      <Fact label="refused by">
        <ComponentMark name={component} />
      </Fact>
      <Fact label="refused">{letter.at}</Fact>
      <Fact label="length">{format.plural(bytes, 'byte')}</Fact>
      {trace_id && (
        <Fact label="trace">
          <Copy text={trace_id} what="the id of the trace" />{' '}
          <Link to={traceAddress(trace_id)}>Follow it</Link>
        </Fact>
      )}
    </dl>
  )
}

function Headers({ headers }: { headers: readonly LetterHeader[] }) {
  if (headers.length === 0) return <p className="quiet">It had no headers.</p>
  return (
    <ScrollTable label="Headers">
      <table>
        <caption className="visually-hidden">Headers of the message</caption>
        <thead>
          <tr>
            <th scope="col">header</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          {headers.map(({ name, value, encoding }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and nothing moves
            <tr key={`${name} ${i}`}>
              <th scope="row">{name}</th>
              <td className="wrapping">
                <code>{value}</code> {encoding === 'base64' && <small>base64</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

function Beginning({ letter }: { letter: LetterDetails }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="letter-value" tabIndex={0}>
        {letter.value.slice(0, SHOWN)}
      </pre>
      {letter.value.length > SHOWN && (
        <small>
          The first {format.count(SHOWN)} of {format.count(letter.value.length)} characters
          {letter.truncated && `, of which there were more: ${format.bytes(letter.bytes)} in all`}.
        </small>
      )}
    </>
  )
}

const ENCODINGS = [
  { value: 'base64', label: 'as base64' },
  { value: 'text', label: 'as text' },
]

function Fields({ letter, replay }: { letter: LetterDetails; replay: Replay }) {
  const id = useId()
  const { draft, change } = replay
  const fault = valueFault(draft)
  return (
    <div className="letter-fields">
      <label htmlFor={`${id}-key`}>Key, the stream</label>
      <input
        id={`${id}-key`}
        type="text"
        spellCheck={false}
        maxLength={1000}
        value={draft.key}
        onChange={(event) => change({ key: event.target.value })}
      />
      <label htmlFor={`${id}-value`}>Value{draft.encoding === 'base64' && ', in base64'}</label>
      <textarea
        id={`${id}-value`}
        rows={Math.min(14, Math.max(4, draft.value.split('\n').length + 1))}
        spellCheck={false}
        value={draft.value}
        aria-invalid={fault !== null}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onChange={(event) => change({ value: event.target.value })}
      />
      {fault && (
        <small id={`${id}-fault`} className="contrary">
          {fault}
        </small>
      )}
      {letter.encoding === 'base64' && (
        <span className="form-end">
          <small>It is no text. To put it right as one, write it</small>
          <Segments
            label="The value is written"
            value={draft.encoding}
            options={ENCODINGS}
            onChange={(value) => {
              const encoding = value as Encoding
              change({ encoding, value: written(letter, encoding) })
            }}
          />
        </span>
      )}
      {letter.truncated && (
        <small>
          Only the beginning was kept, of {format.bytes(letter.bytes)}: as it was it cannot be sent.
        </small>
      )}
    </div>
  )
}

function Buttons({ letter, replay }: { letter: LetterDetails; replay: Replay }) {
  const { edit, draft, rehearse, send, undo } = replay
  const edited = isEdited(edit)
  const sendable = letter.replayable || edit.value !== undefined
  const faulty = edit.value !== undefined && valueFault(draft) !== null
  const busy = rehearse.isPending || send.isPending
  return (
    <div className="form-end">
      <button
        type="button"
        className="button"
        disabled={busy || faulty || !sendable}
        onClick={() => rehearse.mutate()}
      >
        {rehearse.isPending ? 'Trying…' : 'Try it'}
      </button>
      <button
        type="button"
        className="button button-primary"
        disabled={busy || faulty || !sendable}
        onClick={() => send.mutate()}
      >
        {send.isPending ? 'Sending…' : edited ? 'Send it edited' : 'Send it again'}
      </button>
      {edited && (
        <button type="button" className="button" disabled={busy} onClick={undo}>
          As it was
        </button>
      )}
    </div>
  )
}

function Again({ letter }: { letter: LetterDetails }) {
  const replay = useReplay(letter)
  const { rehearse, send } = replay
  const fixed = whyNotEdited(letter)
  const failure = rehearse.error ?? send.error
  return (
    <>
      {fixed ? <Beginning letter={letter} /> : <Fields letter={letter} replay={replay} />}
      <Refused why={fixed} />
      {(letter.replayable || letter.truncated) && <Buttons letter={letter} replay={replay} />}
      {rehearse.data && !send.data && <Verdict said={rehearse.data} />}
      {send.data && (
        <p role="status" className="notice notice-good">
          ✓ It was sent again. It counts as a record that comes now.
        </p>
      )}
      {failure && (
        <p role="alert" className="notice notice-bad">
          {failure.message}
        </p>
      )}
    </>
  )
}

function Whole({ letter }: { letter: LetterDetails }) {
  const now = useNow()
  return (
    <>
      <p>{letter.message}</p>
      <Facts letter={letter} />
      <h3>Headers</h3>
      <Headers headers={letter.headers} />
      {letter.headers_truncated && <p className="quiet">It had more: up to 64 KiB are kept.</p>}
      <h3>What was refused</h3>
      <Again letter={letter} />
      <h3>What became of it</h3>
      <Story replays={letter.replays} now={now} />
    </>
  )
}

/** One dead letter, whole: what it held, and how to send it again. It takes the keyboard. */
export function Letter({ id, onClose }: { id: string; onClose: () => void }) {
  const letter = useLetter(id)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="panel letter" aria-label="Dead letter">
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {letter.data ? letter.data.reason : 'Dead letter'}
        </h2>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </header>
      <Loaded query={letter}>{(whole) => <Whole key={whole.id} letter={whole} />}</Loaded>
    </section>
  )
}
