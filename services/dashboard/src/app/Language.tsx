import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { choose, chosen } from '../i18n/language'
import { localeOf, OFFERED } from '../i18n/locales'
import { Choice } from '../ui/Choice'

/** The language of the page; where there is but one there is nothing to choose. */
export function Language() {
  const own = localeOf(i18n.locale)
  const known = own && !OFFERED.some(({ id }) => id === own.id) ? [...OFFERED, own] : OFFERED
  if (known.length < 2) return null
  return (
    <Choice
      label={t`Language`}
      value={chosen() ?? ''}
      options={[
        { value: '', label: t`as the browser says` },
        ...known.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(id) => choose(id || null)}
    />
  )
}
