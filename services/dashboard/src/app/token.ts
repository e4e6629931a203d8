/**
 * The access token: `scarcity up` prints an address that ends in `#token=...`.
 *
 * A fragment is never sent to a server or written to its log; it is moved at once from the
 * address bar into this tab's session storage, so that it is not bookmarked or shared either.
 */
const KEY = 'scarcity.token'

export function tokenIn(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token')?.trim() || null
}

/** Accept a bare token, or the whole address that holds one. */
export function tokenFromInput(text: string): string {
  const at = text.indexOf('#')
  return (at >= 0 && tokenIn(text.slice(at))) || text.trim()
}

/** Move a token from the address bar into the session; answer the session's token. */
export function takeToken(): string | null {
  const offered = tokenIn(window.location.hash)
  if (offered) {
    sessionStorage.setItem(KEY, offered)
    const { pathname, search } = window.location
    window.history.replaceState(window.history.state, '', pathname + search)
  }
  return sessionStorage.getItem(KEY)
}

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token)

export const dropToken = (): void => sessionStorage.removeItem(KEY)
