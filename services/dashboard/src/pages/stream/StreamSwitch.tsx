import { t } from '@lingui/core/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { StreamDetail } from '../../api/client'
import { useApi, useRefusal } from '../../app/session'
import { keys } from '../../live/queries'
import { Refused } from '../../ui/states'

function Failure({ error }: { error: Error | null }) {
  return (
    error && (
      <span className="stream-switch-failure" role="alert">
        {error.message}
      </span>
    )
  )
}

/** Drops a stream, after one more question. */
function Forget({ stream }: { stream: StreamDetail }) {
  const api = useApi()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [asked, setAsked] = useState(false)
  const forget = useMutation({
    mutationFn: () => api.forget(stream.id),
    onSuccess: () => {
      navigate('/')
      return client.invalidateQueries({ queryKey: keys.streams })
    },
  })
  if (!asked) {
    return (
      <button
        type="button"
        className="button stream-switch"
        title={t`Drop its definition, open windows and graph`}
        onClick={() => setAsked(true)}
      >
        {t`Forget…`}
      </button>
    )
  }
  return (
    <>
      <button
        type="button"
        className="button button-bad stream-switch"
        disabled={forget.isPending}
        title={t`Its records and windows stay on their topics; a later record starts it anew`}
        onClick={() => forget.mutate()}
      >
        {t`Forget its graph for good`}
      </button>
      <button type="button" className="button stream-switch" onClick={() => setAsked(false)}>
        {t`Cancel`}
      </button>
      <Failure error={forget.error} />
    </>
  )
}

function Switch({ stream, disabled }: { stream: StreamDetail; disabled: boolean }) {
  const api = useApi()
  const client = useQueryClient()
  const paused = stream.state === 'paused'
  const flip = useMutation({
    mutationFn: () => (paused ? api.resume(stream.id) : api.pause(stream.id)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.stream(stream.id) }),
  })
  return (
    <>
      <button
        type="button"
        className="button stream-switch"
        disabled={disabled || flip.isPending}
        title={paused ? t`Take records in again` : t`Pass over the records that come from now on`}
        onClick={() => flip.mutate()}
      >
        {paused ? t`Resume` : t`Pause`}
      </button>
      <Failure error={flip.error} />
    </>
  )
}

/** Pauses a stream, or lets it go on; the state beside it says which it is. Admins may drop it. */
export function StreamSwitch({ stream }: { stream: StreamDetail }) {
  const why = useRefusal({ role: 'operator', what: t`Pausing a stream` })
  const whyNotForget = useRefusal({ role: 'admin', what: t`Forgetting it` })
  return (
    <>
      <Switch stream={stream} disabled={why !== null} />
      {whyNotForget === null ? (
        <Forget stream={stream} />
      ) : (
        <button type="button" className="button stream-switch" disabled>
          {t`Forget…`}
        </button>
      )}
      <Refused why={why ?? whyNotForget} />
    </>
  )
}
