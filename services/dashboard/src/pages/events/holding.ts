/** A list that grows at its beginning, held still while somebody reads it. Pure. */
import { t } from '@lingui/core/macro'
import { count as numeral } from '../../format'

interface Named {
  id: string
}

export interface News {
  count: number
  /** Whether there are more than could be counted. */
  isMore: boolean
}

/** How many items are newer than the first that is shown. */
export function news(shown: readonly Named[], newest: readonly Named[]): News {
  const first = shown[0]
  if (!first) return { count: newest.length, isMore: false }
  const at = newest.findIndex(({ id }) => id === first.id)
  return at < 0 ? { count: newest.length, isMore: true } : { count: at, isMore: false }
}

export function newsInWords({ count, isMore }: News): string {
  if (count === 0) return t`nothing new yet`
  return isMore ? t`more than ${numeral(count)} new` : t`${numeral(count)} new`
}
