import { plural, t } from '@lingui/core/macro'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useState, useSyncExternalStore } from 'react'
import { useApi, useRefusal } from '../../../app/session'
import { useTitle } from '../../../app/useTitle'
import * as format from '../../../format'
import { useStreams } from '../../../live/queries'
import { Crumbs } from '../../../ui/Crumbs'
import { Panel } from '../../../ui/small'
import { Refused } from '../../../ui/states'
import { useParam } from '../../../ui/useParam'
import { Columns } from './Columns'
import { begin, currentUpload, onCurrent } from './current'
import { FilePanel } from './FilePanel'
import { faults } from './mapping'
import { type Opened, open, remapped, reread } from './opening'
import { SendingPanel } from './SendingPanel'
import { isStreamName, streamNameOf } from './words'
import '../../../styles/components.css'
import '../../../styles/log.css'
import '../../../styles/streams.css'

/** What is known of the stream that records would go to. */
function Goal({ name, opened }: { name: string; opened: Opened }) {
  const streams = useStreams()
  const known = streams.data?.items.find(({ id }) => id === name)
  if (!known) return t`A new stream begins.`
  const used = opened.mapping.columns.filter(({ role }) => role === 'variable')
  const others = used.filter((column) => !known.variables.includes(column.name.trim()))
  return (
    <>
      {t`It is there, with ${plural(known.records, { one: '# record', other: '# records' })} so far; these come behind them.`}{' '}
      {others.length > 0 &&
        t`Not known to it yet: ${others.map((column) => column.name).join(', ')}.`}{' '}
      {known.state === 'paused' && t`It is paused: records are passed over.`}
    </>
  )
}

function StreamPanel(props: { opened: Opened; disabled: boolean; onSend: (name: string) => void }) {
  const { opened, disabled, onSend } = props
  const id = useId()
  const [wanted, setWanted] = useParam('stream')
  const [typed, setTyped] = useState(wanted ?? streamNameOf(opened.file.name))
  const isNamed = isStreamName(typed)
  const canSend = isNamed && faults(opened.mapping).size === 0 && !disabled
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (canSend) onSend(typed)
  }
  return (
    <Panel title={t`Where it goes`}>
      <form onSubmit={submit}>
        <div className="fields">
          <div className="field">
            <label htmlFor={id}>{t`Stream`}</label>
            <input
              id={id}
              type="text"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              aria-invalid={!isNamed}
              aria-describedby={`${id}-said`}
              onChange={(event) => setTyped(event.target.value)}
              onBlur={() => setWanted(isNamed ? typed : null)}
            />
            <small id={`${id}-said`} className={isNamed ? '' : 'field-problem'}>
              {isNamed ? (
                <Goal name={typed} opened={opened} />
              ) : (
                t`letters, digits, dots, dashes, underscores and colons, at most 200`
              )}
            </small>
          </div>
        </div>
        <div className="form-end">
          <button type="submit" className="button button-primary" disabled={!canSend}>
            {t`Send ${format.bytes(opened.file.size)} to ${typed || '…'}`}
          </button>
          <small>
            {t`In batches of up to 1,000 records, each taken in whole or not at all; it goes on while you look at other pages here, and ends with this tab.`}
          </small>
        </div>
      </form>
    </Panel>
  )
}

function Preparing() {
  const api = useApi()
  const why = useRefusal({ role: 'operator', what: t`Sending records` })
  const [opened, setOpened] = useState<Opened | null>(null)
  const choosing = useMutation({ mutationFn: open, onSuccess: setOpened })
  const send = (stream: string) => {
    if (!opened) return
    const { file, dialect, mapping } = opened
    begin(api, { stream, file, dialect, mapping })
  }
  const isEmpty = opened !== null && opened.rows.length === 0
  return (
    <>
      <Refused why={why} />
      <FilePanel
        opened={opened}
        onFile={(file) => choosing.mutate(file)}
        onDialect={(change) => setOpened(opened && reread(opened, change))}
        onMapping={(change) => setOpened(opened && remapped(opened, change))}
      />
      {choosing.error && (
        <p className="notice notice-bad" role="alert">
          {t`The file cannot be read.`} {choosing.error.message}
        </p>
      )}
      {isEmpty && <p className="notice notice-bad" role="alert">{t`There is no row in it.`}</p>}
      {opened && !isEmpty && (
        <>
          <Columns opened={opened} onMapping={(change) => setOpened(remapped(opened, change))} />
          <StreamPanel
            key={`${opened.file.name} ${opened.file.lastModified}`}
            opened={opened}
            disabled={why !== null}
            onSend={send}
          />
        </>
      )}
    </>
  )
}

export function UploadPage() {
  useTitle(t`Upload a file`)
  const api = useApi()
  const upload = useSyncExternalStore(onCurrent, currentUpload)
  useEffect(() => {
    // A session that ended while a file was sent is followed by another one.
    if (upload) upload.caller.api = api
  }, [upload, api])
  return (
    <div className="plain-page">
      <header>
        <Crumbs above={[[t`Streams`, '/streams']]} />
        <h1>{t`Upload a file`}</h1>
      </header>
      {upload ? <SendingPanel upload={upload} /> : <Preparing />}
    </div>
  )
}
