/**
 * Sessions: a credential is exchanged for a cookie that no script can read.
 *
 * The credential goes into one request and is kept nowhere; from then on the browser sends the
 * cookie by itself, and what changes something also says the session's CSRF token.
 */
import { held, outside } from './http'
import { isUnauthorized } from './problems'
import type { Schemas } from './schema'

export type Role = Schemas['Role']
/** Who one is here. */
export type Session = Schemas['SessionModel']

const ADDRESS = '/api/v1/session'

/** The session that this browser is in; null where it is in none. */
export async function readSession(): Promise<Session | null> {
  try {
    return await held(outside().GET(ADDRESS, { cache: 'no-store' }))
  } catch (error) {
    if (isUnauthorized(error)) return null
    throw error
  }
}

/** Begin a session. Null where the browser does not keep its cookie; `ApiError` where refused. */
export async function beginSession(credential: string): Promise<Session | null> {
  const headers = { Authorization: `Bearer ${credential}` }
  await outside().POST(ADDRESS, { cache: 'no-store', headers })
  return readSession()
}
