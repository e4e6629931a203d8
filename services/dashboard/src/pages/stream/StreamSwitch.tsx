import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { StreamDetail } from '../../api/client'
import { useApi } from '../../app/session'
import { keys } from '../../live/queries'

/** Pauses a stream, or lets it go on; the state beside it says which it is. */
export function StreamSwitch({ stream }: { stream: StreamDetail }) {
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
        disabled={flip.isPending}
        title={paused ? 'Take records in again' : 'Pass over the records that come from now on'}
        onClick={() => flip.mutate()}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      {flip.error && (
        <span className="stream-switch-failure" role="alert">
          {flip.error.message}
        </span>
      )}
    </>
  )
}
