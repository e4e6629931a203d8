/**
 * The credential that an address may bring: `scarcity up` prints one that ends in `#token=...`.
 *
 * A fragment is never sent to a server or written to its log; it is taken out of the address bar
 * at once, so that it is not bookmarked or shared either, and exchanged for a session.
 */

export function tokenIn(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token')?.trim() || null
}

/** Accept a bare credential, or the whole address that holds one. */
export function tokenFromInput(text: string): string {
  const at = text.indexOf('#')
  return (at >= 0 && tokenIn(text.slice(at))) || text.trim()
}

/** Take a credential out of the address bar; null where there is none. */
export function takeToken(): string | null {
  const offered = tokenIn(window.location.hash)
  if (offered) {
    const { pathname, search } = window.location
    window.history.replaceState(window.history.state, '', pathname + search)
  }
  return offered
}
