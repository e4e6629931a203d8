/** What a key is to be, as a form has it. Pure. */
import { t } from '@lingui/core/macro'
import type { WantedKey } from '../../api/keys'
import type { Role } from '../../api/session'
import { count } from '../../format'

export interface KeyForm {
  name: string
  role: Role
  /** Names or patterns, with commas or spaces between. */
  streams: string
  /** Empty: it does not end. */
  days: string
}

export const EMPTY: KeyForm = { name: '', role: 'viewer', streams: '', days: '' }

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const PATTERN = /^[A-Za-z0-9._:-]{0,128}\*?$/
const DAY_MS = 86_400_000
const MOST_DAYS = 36_500

const patterns = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** What is wrong with a form, by field; nothing where it can be sent. */
export function faults({ name, streams, days }: KeyForm): Partial<Record<keyof KeyForm, string>> {
  const odd = patterns(streams).find((each) => !PATTERN.test(each))
  const end = Number(days)
  return {
    ...(NAME.test(name)
      ? {}
      : { name: t`letters, digits, dots, dashes and underscores, up to 64` }),
    ...(odd
      ? { streams: t`${odd} is no name of a stream, nor the beginning of one with a *` }
      : {}),
    ...(days === '' || (Number.isInteger(end) && end >= 1 && end <= MOST_DAYS)
      ? {}
      : { days: t`a whole number of days, up to ${count(MOST_DAYS)}` }),
  }
}

export function wanted(form: KeyForm, now: number): WantedKey {
  const end = form.days === '' ? null : new Date(now + Number(form.days) * DAY_MS).toISOString()
  return { name: form.name, role: form.role, streams: patterns(form.streams), expires_at: end }
}
