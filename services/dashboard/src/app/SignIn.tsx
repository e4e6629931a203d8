import { type FormEvent, useState } from 'react'
import { Wordmark } from '../ui/Wordmark'
import { tokenFromInput } from './token'

interface Props {
  refused: boolean
  onToken: (token: string) => void
}

export function SignIn({ refused, onToken }: Props) {
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const token = tokenFromInput(text)
    if (token) onToken(token)
  }
  return (
    <main className="signin">
      <Wordmark />
      <h1>Open your dashboard</h1>
      <p>
        Open the address that <code>scarcity up</code> printed; it ends in <code>#token=…</code>. Or
        paste that address, or the token alone, here.
      </p>
      {refused && (
        <p role="alert" className="notice notice-bad">
          The gateway did not accept the token. A restarted system prints a new one.
        </p>
      )}
      <form onSubmit={submit}>
        <label htmlFor="token">Access token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button button-primary" disabled={!text.trim()}>
          Open the dashboard
        </button>
      </form>
    </main>
  )
}
