/**
 * Sessions: a credential is exchanged for a cookie that no script can read.
 *
 * The credential goes into one request and is kept nowhere; from then on the browser sends the
 * cookie by itself, and what changes something also says the session's CSRF token.
 */
import { isUnauthorized, toError } from './problems'

export type Role = 'viewer' | 'operator' | 'admin'

/** Who one is here. */
export interface Session {
  /** As commands are signed: token, key:NAME, oidc:NAME. */
  name: string
  role: Role
  /** Patterns of the streams one may see; none is all. */
  streams: string[]
  expires_at: string | null
  csrf_token: string | null
}

const ADDRESS = '/api/v1/session'

async function read(init: RequestInit): Promise<Session> {
  const response = await fetch(ADDRESS, { cache: 'no-store', ...init })
  if (!response.ok) throw await toError(response)
  return (await response.json()) as Session
}

/** The session that this browser is in; null where it is in none. */
export async function readSession(): Promise<Session | null> {
  try {
    return await read({})
  } catch (error) {
    if (isUnauthorized(error)) return null
    throw error
  }
}

/** Begin a session. Null where the browser does not keep its cookie; `ApiError` where refused. */
export async function beginSession(credential: string): Promise<Session | null> {
  await read({ method: 'POST', headers: { Authorization: `Bearer ${credential}` } })
  return readSession()
}
