/** A file on its way: how far it is, what became of its rows, and what to decide. */
import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { Link } from 'react-router'
import * as format from '../../../format'
import { ScrollTable } from '../../../ui/ScrollTable'
import { save } from '../../../ui/save'
import { Chip, Panel, Stat, type Tone } from '../../../ui/small'
import { streamAddress } from '../../addresses'
import { leave, type Upload } from './current'
import { type Phase, type Progress, rejectsAsCsv } from './sending'
import { phaseName } from './words'

const SHOWN_REJECTS = 50

const TONE: Record<Phase, Tone> = {
  sending: 'good',
  done: 'good',
  paused: 'warn',
  waiting: 'warn',
  unsure: 'bad',
  failed: 'bad',
  cancelled: 'quiet',
}

function Figures({ progress }: { progress: Progress }) {
  const { accepted, rejected, unanswered, leftOut, doubtful, spentMs } = progress
  const rows = accepted + rejected + unanswered
  return (
    <dl className="stats" data-testid="upload-figures">
      <Stat label={t`accepted`}>{format.count(accepted)}</Stat>
      <Stat label={t`rejected`}>{format.count(rejected)}</Stat>
      {unanswered > 0 && (
        <Stat
          label={t`taken in, answer lost`}
          title={t`How many of them were rejected is not known`}
        >
          {format.count(unanswered)}
        </Stat>
      )}
      {doubtful > 0 && (
        <Stat label={t`perhaps twice`} title={t`Sent again, as you said`}>
          {format.count(doubtful)}
        </Stat>
      )}
      {leftOut > 0 && (
        <Stat label={t`perhaps missing`} title={t`Not sent again`}>
          {format.count(leftOut)}
        </Stat>
      )}
      <Stat label={t`rate`}>{spentMs > 0 ? format.rate((1000 * rows) / spentMs) : '–'}</Stat>
    </dl>
  )
}

/** Nobody knows what became of a batch: the reader decides, and is told what that may cost. */
function Unsure({ upload, progress }: { upload: Upload; progress: Progress }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const { first = 0, last = 0, records = 0 } = progress.batch ?? {}
  const { sending } = upload
  return (
    <div className="notice notice-bad" role="alertdialog" aria-labelledby="unsure">
      <h3 id="unsure" ref={heading} tabIndex={-1}>
        {t`The line broke before the gateway answered for rows ${first} to ${last}.`}
      </h3>
      <p>
        <Trans>
          It may have taken them in, all or none, and cannot be asked: records have no identity of
          their own. Once the gateway answers again, choose what harms your stream less.
        </Trans>
      </p>
      <div className="form-end">
        <button type="button" className="button" onClick={() => sending.decide('again')}>
          {t`Send them again: ${plural(records, { one: '# record', other: '# records' })} may come twice`}
        </button>
        <button type="button" className="button" onClick={() => sending.decide('leave')}>
          {t`Leave them: ${plural(records, { one: '# record', other: '# records' })} may be missing`}
        </button>
      </div>
      <small>{progress.why}</small>
    </div>
  )
}

function Failed({ upload, progress }: { upload: Upload; progress: Progress }) {
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <Trans>
          <strong>The gateway did not take the next rows.</strong> {progress.why}
        </Trans>
      </p>
      <button type="button" className="button" onClick={upload.sending.tryAgain}>
        {t`Try again`}
      </button>
    </div>
  )
}

function Buttons({ upload, phase }: { upload: Upload; phase: Phase }) {
  const { sending, broken } = upload
  if (broken || phase === 'done' || phase === 'cancelled') {
    return (
      <div className="form-end">
        <Link className="button button-primary" to={streamAddress(upload.stream)}>
          {t`To the graph of ${upload.stream}`}
        </Link>
        <button type="button" className="button" onClick={leave}>
          {t`Another file`}
        </button>
      </div>
    )
  }
  return (
    <div className="form-end">
      {phase === 'paused' ? (
        <button type="button" className="button button-primary" onClick={sending.resume}>
          {t`Go on`}
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={phase !== 'sending'}
          onClick={sending.pause}
        >
          {t`Pause`}
        </button>
      )}
      <button type="button" className="button button-bad" onClick={sending.cancel}>
        {t`Cancel`}
      </button>
      <small>{t`What is on its way is waited for; what was accepted stays.`}</small>
    </div>
  )
}

function Rejects({ upload, progress }: { upload: Upload; progress: Progress }) {
  const { rejects, rejected, reasons } = progress
  if (rejected === 0) return null
  const names = upload.mapping.columns.map(({ name }, i) => name || t`column ${i + 1}`)
  const download = () =>
    save(
      new Blob([rejectsAsCsv(rejects, names)], { type: 'text/csv' }),
      `${upload.stream}-rejected.csv`,
    )
  return (
    <section aria-label={t`Rejected rows`} className="rejects">
      <div className="form-end">
        <h3>{t`Rejected rows`}</h3>
        {Object.entries(reasons).map(([reason, n]) => (
          <Chip key={reason} tone="warn">
            {reason} {format.count(n)}
          </Chip>
        ))}
        <button type="button" className="button" onClick={download}>
          {t`Download them as CSV`}
        </button>
      </div>
      {rejected > rejects.length && (
        <p className="quiet">
          {t`${format.count(rejects.length)} of ${format.count(rejected)} are named: the gateway names 100 of a batch, and 10,000 are kept here.`}
        </p>
      )}
      <ScrollTable label={t`Rejected rows`}>
        <table data-testid="rejects">
          <thead>
            <tr>
              <th scope="col">{t`row`}</th>
              <th scope="col">{t`reason`}</th>
              <th scope="col">{t`message`}</th>
            </tr>
          </thead>
          <tbody>
            {rejects.slice(0, SHOWN_REJECTS).map(({ row, reason, message }) => (
              <tr key={`${row} ${reason}`}>
                <th scope="row">{format.count(row)}</th>
                <td>{reason}</td>
                <td className="wrapping">{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {rejects.length > SHOWN_REJECTS && (
        <p className="quiet">
          {t`The first ${SHOWN_REJECTS} of ${format.count(rejects.length)}; all are in the file.`}
        </p>
      )}
    </section>
  )
}

function Flawed({ flaws }: { flaws: Record<string, number> }) {
  const found = Object.entries(flaws)
  if (found.length === 0) return null
  return (
    <p className="quiet">
      {t`Values that are no numbers, and so count as missing:`}{' '}
      {found.map(([variable, n]) => `${variable} ${format.count(n)}`).join(', ')}.{' '}
      {t`The gateway names at most 100 of a batch.`}
    </p>
  )
}

export function SendingPanel({ upload }: { upload: Upload }) {
  const { sending, file, stream, broken } = upload
  const progress = useSyncExternalStore(sending.subscribe, sending.progress)
  const { phase, bytes, why } = progress
  const heading = useRef<HTMLElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const share = file.size > 0 ? bytes / file.size : 1
  return (
    <section ref={heading} tabIndex={-1} className="sending" aria-label={t`Sending`}>
      <Panel
        title={t`${file.name} to ${stream}`}
        aside={
          <Chip tone={broken ? 'bad' : TONE[phase]}>
            <span role="status" data-testid="upload-phase">
              {broken ? t`stopped` : phaseName(phase)}
            </span>
          </Chip>
        }
      >
        <div className="sending-parts">
          <progress max={1} value={share} aria-label={t`Of the file, sent`} />
          <p className="quiet">
            {t`${format.percent(share)}: ${format.bytes(bytes)} of ${format.bytes(file.size)}`}
          </p>
          <Figures progress={progress} />
          {broken && (
            <p className="notice notice-bad" role="alert">
              {t`The file cannot be read any further: it has changed, or a quote in it is never closed.`}
            </p>
          )}
          {phase === 'waiting' && <p role="status">{t`${why} Trying again by itself.`}</p>}
          {phase === 'unsure' && <Unsure upload={upload} progress={progress} />}
          {phase === 'failed' && <Failed upload={upload} progress={progress} />}
          {phase === 'done' && (
            <p className="notice notice-good" role="status">
              {t`✓ All of the file is sent. The graph is there when the first window is full, or the stream has been silent for two seconds.`}
            </p>
          )}
          <Flawed flaws={progress.flaws} />
          <Buttons upload={upload} phase={phase} />
          <Rejects upload={upload} progress={progress} />
        </div>
      </Panel>
    </section>
  )
}
