import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { isNotFound } from '../../../api/problems'
import { definitionSchemas } from '../../../api/streams'
import { useRefusal } from '../../../app/session'
import { useTitle } from '../../../app/useTitle'
import { useStream } from '../../../live/queries'
import { Crumbs } from '../../../ui/Crumbs'
import { Empty, Loaded, Refused } from '../../../ui/states'
import { useParam } from '../../../ui/useParam'
import { streamAddress } from '../../addresses'
import { NEW_STREAM, uploadAddress } from '../addresses'
import { DefinitionForm } from './DefinitionForm'
import '../../../styles/components.css'
import '../../../styles/log.css'
import '../../../styles/streams.css'

function useSchemas() {
  return useQuery({
    queryKey: ['definition-schemas'],
    queryFn: definitionSchemas,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

const useWhyNot = () => useRefusal({ role: 'operator', what: t`Saying what a stream is` })

export function NewStreamPage() {
  useTitle(t`Define a stream`)
  const why = useWhyNot()
  const schemas = useSchemas()
  return (
    <div className="plain-page">
      <header>
        <Crumbs above={[[t`Streams`, '/streams']]} />
        <h1>{t`Define a stream`}</h1>
      </header>
      <p className="quiet">
        <Trans>
          None has to be: records alone make a stream. A definition says more than they can.{' '}
          <Link to={uploadAddress()}>Upload a file</Link> instead.
        </Trans>
      </p>
      <Refused why={why} />
      <Loaded query={schemas}>
        {(known) => <DefinitionForm stream={null} schemas={known} disabled={why !== null} />}
      </Loaded>
    </div>
  )
}

function Saved({ version, onDone }: { version: string; onDone: () => void }) {
  return (
    <div className="notice notice-good" role="status">
      <p>{t`✓ Saved as version ${version}. It holds from the next record on.`}</p>
      <button type="button" className="button" onClick={onDone}>
        {t`Good`}
      </button>
    </div>
  )
}

function NoStream({ id }: { id: string }) {
  return (
    <Empty title={t`There is no stream ${id}.`}>
      <p>
        <Link to={NEW_STREAM}>{t`Define a stream`}</Link>
      </p>
    </Empty>
  )
}

export function DefinitionPage() {
  const { id = '' } = useParams()
  useTitle(t`Definition of ${id}`)
  const why = useWhyNot()
  const stream = useStream(id)
  const schemas = useSchemas()
  const [saved, setSaved] = useParam('saved')
  return (
    <div className="plain-page">
      <header>
        <Crumbs
          above={[
            [t`Streams`, '/streams'],
            [id, streamAddress(id)],
          ]}
        />
        <h1>{t`Definition of ${id}`}</h1>
      </header>
      <Refused why={why} />
      {saved && <Saved version={saved} onDone={() => setSaved(null)} />}
      {isNotFound(stream.error) ? (
        <NoStream id={id} />
      ) : (
        <Loaded query={stream}>
          {(details) => (
            <Loaded query={schemas}>
              {(known) => (
                <>
                  <p className="quiet">
                    {details.origin === 'explicit'
                      ? t`Version ${details.version}, as somebody said it.`
                      : t`Version ${details.version}, as it was read off the records.`}{' '}
                    {details.change}
                  </p>
                  <DefinitionForm
                    key={saved ?? ''}
                    stream={details}
                    schemas={known}
                    disabled={why !== null}
                  />
                </>
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </div>
  )
}
