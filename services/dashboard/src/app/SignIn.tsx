import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { Wordmark } from '../ui/Wordmark'
import type { Said } from './session'
import { tokenFromInput } from './token'
import { useTitle } from './useTitle'

interface Props {
  said: Said | null
  /** Is done when it is known whether the credential counts. */
  onCredential: (credential: string) => Promise<void>
}

/** Asks for a credential. It is sent once, for a session, and forgotten. */
export function SignIn({ said, onCredential }: Props) {
  useTitle(t`Sign in`)
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const credential = tokenFromInput(text)
    if (!credential || busy) return
    setBusy(true)
    setText('')
    await onCredential(credential)
    setBusy(false)
  }
  return (
    <main className="signin">
      <Wordmark />
      <h1>{t`Sign in`}</h1>
      <p>
        <Trans>
          Open the address that <code>scarcity up</code> printed; it ends in <code>#token=…</code>.
          Or paste that address, the access token, a key (<code>scy_…</code>) or a token of your
          identity provider here.
        </Trans>
      </p>
      {said && (
        <p role={said.tone === 'bad' ? 'alert' : 'status'} className={`notice notice-${said.tone}`}>
          {said.text}
        </p>
      )}
      <form onSubmit={submit}>
        <label htmlFor="credential">{t`Token or key`}</label>
        <input
          id="credential"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button button-primary" disabled={busy || !text.trim()}>
          {busy ? t`Signing in…` : t`Sign in`}
        </button>
      </form>
      <p className="quiet">
        {t`It is exchanged for a session at once and not kept in this browser: what stays is a cookie that no script can read, until you sign out or the session ends.`}
      </p>
    </main>
  )
}
