/** The languages that there are, and which of them to speak. Pure. */

export interface Locale {
  id: string
  /** As those who speak it call it. */
  name: string
  /** Of numbers, dates and plurals, and what the page says it is in: BCP 47. */
  tag: string
  dir: 'ltr' | 'rtl'
}

/** Offered to whoever reads; the first one where none fits. */
export const OFFERED: readonly [Locale, ...Locale[]] = [
  { id: 'en', name: 'English', tag: 'en', dir: 'ltr' },
]

/** English made strange, to find what is not translated or does not fit; not offered. */
export const PSEUDO: readonly Locale[] = [
  { id: 'pseudo', name: 'Pseudo', tag: 'en-XA', dir: 'ltr' },
  { id: 'pseudo-rtl', name: 'Pseudo, right to left', tag: 'en-XB', dir: 'rtl' },
]

const languageOf = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? ''

/** A locale by its id; null where there is none. */
export function localeOf(id: string | null): Locale | null {
  return [...OFFERED, ...PSEUDO].find((locale) => locale.id === id) ?? null
}

/** The first wanted language that is offered, with the wanted region's numbers and dates. */
export function negotiated(
  wanted: readonly string[],
  offered: readonly [Locale, ...Locale[]] = OFFERED,
): Locale {
  for (const tag of wanted) {
    const found =
      offered.find(({ id }) => id.toLowerCase() === tag.toLowerCase()) ??
      offered.find(({ id }) => languageOf(id) === languageOf(tag))
    if (found) return { ...found, tag }
  }
  return offered[0]
}
