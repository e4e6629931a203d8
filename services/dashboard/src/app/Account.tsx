/** Who one is here, and the way out. */
import { t } from '@lingui/core/macro'
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'
import * as format from '../format'
import { Chip } from '../ui/small'
import { useNow } from '../ui/useNow'
import { covers, isNarrow, roleName } from './access'
import { Language } from './Language'
import { useSession, useSignOut } from './session'
import { useMenu } from './useMenu'

function Facts() {
  const { streams, expires_at } = useSession()
  const now = useNow(30_000)
  return (
    <dl className="facts">
      <div>
        <dt>{t`sees`}</dt>
        <dd>{streams.length > 0 ? format.list(streams) : t`all streams`}</dd>
      </div>
      <div>
        <dt>{t`signed in for`}</dt>
        <dd>{expires_at ? format.left(expires_at, now) : t`as long as the gateway runs`}</dd>
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
        {t`Sign out`}
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
        aria-label={t`You are ${name}, ${roleName(role)}`}
        title={`${name}, ${roleName(role)}`}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500" />
        </svg>
        <span className="account-name" aria-hidden="true">
          {roleName(role)}
        </span>
      </button>
      {open && (
        <section id="account" className="account-menu" aria-label={t`Your session`}>
          <p className="account-who">
            <strong>{name}</strong> <Chip>{roleName(role)}</Chip>
          </p>
          <Facts />
          {covers(role, 'admin') && !isNarrow(session) && (
            <Link to="/keys">{t`Keys for programs`}</Link>
          )}
          <Language />
          <SignOut />
        </section>
      )}
    </div>
  )
}
