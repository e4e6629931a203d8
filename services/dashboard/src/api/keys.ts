/** Keys for programs. */
import type { Role } from './session'

export interface Key {
  id: string
  name: string
  role: Role
  /** Patterns; none is all. */
  streams: string[]
  expires_at: string | null
  is_expired: boolean
  issued_at: string
  issued_by: string
  /** By the gateway that answers, since its start. */
  used_at: string | null
}

/** A key at the only moment when it can be seen. */
export interface NewKey extends Key {
  key: string
}

export interface WantedKey {
  name: string
  role: Role
  streams: string[]
  expires_at: string | null
}
