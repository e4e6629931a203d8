/** Who one is here, and the way out. */
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'
import * as format from '../format'
import { Chip } from '../ui/small'
import { useNow } from '../ui/useNow'
import { covers, isNarrow } from './access'
import { useSession, useSignOut } from './session'
import { useMenu } from './useMenu'

function Facts() {
  const { streams, expires_at } = useSession()
  const now = useNow(30_000)
  return (
    <dl className="facts">
      <div>
        <dt>sees</dt>
        <dd>{streams.length > 0 ? streams.join(', ') : 'all streams'}</dd>
      </div>
      <div>
        <dt>signed in for</dt>
        <dd>{expires_at ? format.left(expires_at, now) : 'as long as the gateway runs'}</dd>
      </div>
    </dl>
  )
}

function SignOut() {
  const leave = useMutation({ mutationFn: useSignOut() })
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={leave.isPending}
        onClick={() => leave.mutate()}
      >
        Sign out
      </button>
      {leave.error && <p role="alert">{leave.error.message}</p>}
    </>
  )
}

export function Account() {
  const session = useSession()
  const { name, role } = session
  const { open, setOpen, ref } = useMenu<HTMLDivElement>()
  return (
    <div className="account" ref={ref}>
      <button
        type="button"
        className="button account-toggle"
        aria-expanded={open}
        aria-controls="account"
        aria-label={`You are ${name}, ${role}`}
        title={`${name}, ${role}`}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500" />
        </svg>
        <span className="account-name" aria-hidden="true">
          {role}
        </span>
      </button>
      {open && (
        <section id="account" className="account-menu" aria-label="Your session">
          <p className="account-who">
            <strong>{name}</strong> <Chip>{role}</Chip>
          </p>
          <Facts />
          {covers(role, 'admin') && !isNarrow(session) && <Link to="/keys">Keys for programs</Link>}
          <SignOut />
        </section>
      )}
    </div>
  )
}
