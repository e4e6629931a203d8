/** What a role allows, and the sentence that says why something is not to be had. Pure. */
import type { Role, Session } from '../api/session'

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Each role may do what those before it may. */
export const covers = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed]

/** Whether somebody is let in for some streams alone, and so not to what is about all. */
export const isNarrow = ({ streams }: Session): boolean => streams.length > 0

export const named = (role: Role): string => (role === 'viewer' ? `a ${role}` : `an ${role}`)

export interface Need {
  role: Role
  /** What takes it, as the subject of a sentence: "Pausing a stream". */
  what: string
  /** Whether it is about all streams at once. */
  isAboutAll?: boolean
}

/** Why somebody may not do something; null where nothing stands against it. */
export function refusal(session: Session, { role, what, isAboutAll }: Need): string | null {
  if (!covers(session.role, role)) {
    return `${what} takes ${named(role)}; you are ${named(session.role)} here (${session.name}).`
  }
  if (isAboutAll && isNarrow(session)) {
    return `${what} is about all streams; you are let in for ${session.streams.join(', ')} alone.`
  }
  return null
}
