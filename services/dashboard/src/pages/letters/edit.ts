/** What is to be sent instead of a dead letter, and whether it can be. Pure. */
import { t } from '@lingui/core/macro'
import type { Edit, Encoding, LetterDetails } from '../../api/letters'

/** As long a value as can be worked on in a page, in characters. */
export const MOST_EDITED = 256 * 1024

export interface Draft {
  key: string
  value: string
  encoding: Encoding
}

export const draftOf = ({ key, value, encoding }: LetterDetails): Draft => ({
  key,
  value,
  encoding,
})

/** Only what differs: what is left out stays as it was, byte for byte. */
export function editOf(letter: LetterDetails, draft: Draft): Edit {
  const { key, value, encoding } = draft
  const isSame = value === letter.value && encoding === letter.encoding
  return {
    ...(key === letter.key ? {} : { key }),
    ...(isSame ? {} : { value, encoding }),
  }
}

export const isEdited = (edit: Edit): boolean => Object.keys(edit).length > 0

export const isLong = ({ value }: LetterDetails): boolean => value.length > MOST_EDITED

/** Why a letter cannot be edited here; null where it can. */
export function whyNotEdited(letter: LetterDetails): string | null {
  if (!letter.replayable && !letter.truncated) return letter.why_not
  if (isLong(letter)) {
    return t`It is too long to be edited in a page; it can be sent again as it was, or edited over HTTP.`
  }
  return null
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** A value as text, in which what is none is marked; or as it came. */
export function written(letter: LetterDetails, encoding: Encoding): string {
  if (encoding === letter.encoding) return letter.value
  const bytes = Uint8Array.from(atob(letter.value), (letter) => letter.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

/** What is wrong with a value; null where nothing is. The gateway judges the rest. */
export function valueFault({ encoding, value }: Draft): string | null {
  if (value === '') return t`an empty message is no record`
  return encoding === 'base64' && !BASE64.test(value) ? t`this is not base64` : null
}
