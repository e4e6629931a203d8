/** What a role allows, and the sentence that says why something is not to be had. Pure. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, select, t } from '@lingui/core/macro'
import type { Role, Session } from '../api/session'
import { list } from '../format'

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Each role may do what those before it may. */
export const covers = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed]

/** Whether somebody is let in for some streams alone, and so not to what is about all. */
export const isNarrow = ({ streams }: Session): boolean => streams.length > 0

export interface Need {
  role: Role
  /** What takes it, as the subject of a sentence: "Pausing a stream". */
  what: string
  /** Whether it is about all streams at once. */
  isAboutAll?: boolean
}

const NAMES: Record<Role, MessageDescriptor> = {
  viewer: msg`viewer`,
  operator: msg`operator`,
  admin: msg`admin`,
}

export const roleName = (role: Role): string => i18n._(NAMES[role])

/** Why somebody may not do something; null where nothing stands against it. */
export function refusal(session: Session, { role, what, isAboutAll }: Need): string | null {
  if (!covers(session.role, role)) {
    return t`${what} takes ${select(role, { viewer: 'a viewer', operator: 'an operator', other: 'an admin' })}; you are ${select(session.role, { viewer: 'a viewer', operator: 'an operator', other: 'an admin' })} here (${session.name}).`
  }
  if (isAboutAll && isNarrow(session)) {
    return t`${what} is about all streams; you are let in for ${list(session.streams)} alone.`
  }
  return null
}
