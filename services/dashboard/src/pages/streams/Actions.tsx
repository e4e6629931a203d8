/** What can be done with a stream: let it pause, go on, or be forgotten; each says what it does. */
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import type { Stream } from '../../api/streams'
import { Dialog } from '../../app/Dialog'
import { useApi, useRefusal } from '../../app/session'
import { keys } from '../../live/queries'
import '../../styles/streams.css'

type Wanted = 'pause' | 'forget' | null

function useRenewed() {
  const client = useQueryClient()
  return (id: string) =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.streams }),
      client.invalidateQueries({ queryKey: keys.stream(id) }),
    ])
}

function Failed({ error }: { error: Error | null }) {
  return (
    error && (
      <p role="alert" className="contrary">
        {error.message}
      </p>
    )
  )
}

function PauseDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const api = useApi()
  const renewed = useRenewed()
  const pause = useMutation({
    mutationFn: () => api.pause(id),
    onSuccess: async () => {
      await renewed(id)
      onClose()
    },
  })
  return (
    <Dialog label={t`Pause ${id}?`} className="ask" onClose={onClose}>
      <h2>
        <Trans>Pause {id}?</Trans>
      </h2>
      <p>
        <Trans>
          Its open window is closed as it is, and records that come from now on are passed over.
          They stay on the raw topic, but are not made up for when it goes on.
        </Trans>
      </p>
      <div className="form-end">
        <button
          type="button"
          className="button button-primary"
          disabled={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {t`Pause it`}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t`Cancel`}
        </button>
      </div>
      <Failed error={pause.error} />
    </Dialog>
  )
}

function ForgetDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const api = useApi()
  const renewed = useRenewed()
  const field = useId()
  const [typed, setTyped] = useState('')
  const forget = useMutation({
    mutationFn: () => api.forget(id),
    onSuccess: async () => {
      onClose()
      await renewed(id)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed === id) forget.mutate()
  }
  return (
    <Dialog label={t`Forget ${id}?`} className="ask" onClose={onClose}>
      <form onSubmit={submit}>
        <h2>
          <Trans>Forget {id}?</Trans>
        </h2>
        <p>
          <Trans>
            Its definition, its open window and its graph are dropped, for everybody and for good.
            Its records and windows stay on their topics; a later record starts it anew.
          </Trans>
        </p>
        <div className="field">
          <label htmlFor={field}>
            <Trans>
              Type <code>{id}</code> to say so
            </Trans>
          </label>
          <input
            id={field}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
        <div className="form-end">
          <button
            type="submit"
            className="button button-bad"
            disabled={typed !== id || forget.isPending}
          >
            {t`Forget it for good`}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t`Cancel`}
          </button>
        </div>
        <Failed error={forget.error} />
      </form>
    </Dialog>
  )
}

function Resume({ id, disabled }: { id: string; disabled: boolean }) {
  const api = useApi()
  const renewed = useRenewed()
  const resume = useMutation({ mutationFn: () => api.resume(id), onSuccess: () => renewed(id) })
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={disabled || resume.isPending}
        onClick={() => resume.mutate()}
      >
        <Trans>
          Resume<span className="visually-hidden"> {id}</span>
        </Trans>
      </button>
      <Failed error={resume.error} />
    </>
  )
}

export function Actions({ stream }: { stream: Stream }) {
  const { id, state } = stream
  const [wanted, want] = useState<Wanted>(null)
  const mayNotPause = useRefusal({ role: 'operator', what: t`Pausing a stream` }) !== null
  const mayNotForget = useRefusal({ role: 'admin', what: t`Forgetting a stream` }) !== null
  const close = () => want(null)
  return (
    <span className="stream-actions">
      {state === 'paused' ? (
        <Resume id={id} disabled={mayNotPause} />
      ) : (
        <button
          type="button"
          className="button"
          disabled={mayNotPause}
          onClick={() => want('pause')}
        >
          <Trans>
            Pause<span className="visually-hidden"> {id}</span>…
          </Trans>
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={mayNotForget}
        onClick={() => want('forget')}
      >
        <Trans>
          Forget<span className="visually-hidden"> {id}</span>…
        </Trans>
      </button>
      {wanted === 'pause' && <PauseDialog id={id} onClose={close} />}
      {wanted === 'forget' && <ForgetDialog id={id} onClose={close} />}
    </span>
  )
}
