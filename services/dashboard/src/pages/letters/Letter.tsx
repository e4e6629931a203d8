import { plural, t } from '@lingui/core/macro'
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
      <Fact label={t`id`}>
        <Copy text={letter.id} what={t`the id of the letter`} />
      </Fact>
      <Fact label={t`was at`}>
        <Copy text={`${topic}/${partition}/${offset}`} what={t`the place on the bus`} />
      </Fact>
      <Fact label={t`refused by`}>
        <ComponentMark name={component} />
      </Fact>
      <Fact label={t`refused`}>{letter.at}</Fact>
      <Fact label={t`length`}>{plural(bytes, { one: '# byte', other: '# bytes' })}</Fact>
      {trace_id && (
        <Fact label={t`trace`}>
          <Copy text={trace_id} what={t`the id of the trace`} />{' '}
          <Link to={traceAddress(trace_id)}>{t`Follow it`}</Link>
        </Fact>
      )}
    </dl>
  )
}

function Headers({ headers }: { headers: readonly LetterHeader[] }) {
  if (headers.length === 0) return <p className="quiet">{t`It had no headers.`}</p>
  return (
    <ScrollTable label={t`Headers`}>
      <table>
        <caption className="visually-hidden">{t`Headers of the message`}</caption>
        <thead>
          <tr>
            <th scope="col">{t`header`}</th>
            <th scope="col">{t`value`}</th>
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
          {letter.truncated
            ? t`The first ${format.count(SHOWN)} of ${format.count(letter.value.length)} characters, of which there were more: ${format.bytes(letter.bytes)} in all.`
            : t`The first ${format.count(SHOWN)} of ${format.count(letter.value.length)} characters.`}
        </small>
      )}
    </>
  )
}

const encodings = (): { value: Encoding; label: string }[] => [
  { value: 'base64', label: t`as base64` },
  { value: 'text', label: t`as text` },
]

function Fields({ letter, replay }: { letter: LetterDetails; replay: Replay }) {
  const id = useId()
  const { draft, change } = replay
  const fault = valueFault(draft)
  return (
    <div className="letter-fields">
      <label htmlFor={`${id}-key`}>{t`Key, the stream`}</label>
      <input
        id={`${id}-key`}
        type="text"
        spellCheck={false}
        maxLength={1000}
        value={draft.key}
        onChange={(event) => change({ key: event.target.value })}
      />
      <label htmlFor={`${id}-value`}>
        {draft.encoding === 'base64' ? t`Value, in base64` : t`Value`}
      </label>
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
          <small>{t`It is no text. To put it right as one, write it`}</small>
          <Segments
            label={t`The value is written`}
            value={draft.encoding}
            options={encodings()}
            onChange={(value) => {
              const encoding = value as Encoding
              change({ encoding, value: written(letter, encoding) })
            }}
          />
        </span>
      )}
      {letter.truncated && (
        <small>
          {t`Only the beginning was kept, of ${format.bytes(letter.bytes)}: as it was it cannot be sent.`}
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
        {rehearse.isPending ? t`Trying…` : t`Try it`}
      </button>
      <button
        type="button"
        className="button button-primary"
        disabled={busy || faulty || !sendable}
        onClick={() => send.mutate()}
      >
        {send.isPending ? t`Sending…` : edited ? t`Send it edited` : t`Send it again`}
      </button>
      {edited && (
        <button type="button" className="button" disabled={busy} onClick={undo}>
          {t`As it was`}
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
          {t`✓ It was sent again. It counts as a record that comes now.`}
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
      <h3>{t`Headers`}</h3>
      <Headers headers={letter.headers} />
      {letter.headers_truncated && (
        <p className="quiet">{t`It had more: up to 64 KiB are kept.`}</p>
      )}
      <h3>{t`What was refused`}</h3>
      <Again letter={letter} />
      <h3>{t`What became of it`}</h3>
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
    <section className="panel letter" aria-label={t`Dead letter`}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {letter.data ? letter.data.reason : t`Dead letter`}
        </h2>
        <button type="button" className="button" onClick={onClose}>
          {t`Close`}
        </button>
      </header>
      <Loaded query={letter}>{(whole) => <Whole key={whole.id} letter={whole} />}</Loaded>
    </section>
  )
}
