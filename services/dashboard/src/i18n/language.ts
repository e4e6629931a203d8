/** The language of the page: as chosen in this browser, else as the browser says. */
import { i18n, type Messages } from '@lingui/core'
import { type Locale, localeOf, negotiated } from './locales'

const KEY = 'scarcity.locale'

const CATALOGUES: Record<string, () => Promise<{ messages: Messages }>> = {
  en: () => import('./en.po'),
}

/** An id that was chosen; null where the browser is followed. */
export const chosen = (): string | null => localeOf(localStorage.getItem(KEY))?.id ?? null

/** Takes effect on the page as it is loaded anew; null follows the browser. */
export function choose(id: string | null): void {
  if (id === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, id)
  window.location.reload()
}

/** `?locale=` chooses, too, and is taken out of the address. */
function takeFromAddress(): void {
  const address = new URL(window.location.href)
  const asked = address.searchParams.get('locale')
  if (asked === null) return
  if (localeOf(asked)) localStorage.setItem(KEY, asked)
  address.searchParams.delete('locale')
  window.history.replaceState(window.history.state, '', address)
}

async function messagesOf({ id }: Locale): Promise<Messages> {
  const load = CATALOGUES[id]
  if (load) return (await load()).messages
  const [{ pseudo }, { messages }] = await Promise.all([import('./pseudo'), import('./en.po')])
  return pseudo(messages)
}

/** To be awaited before anything is drawn. */
export async function speak(): Promise<void> {
  takeFromAddress()
  const locale = localeOf(chosen()) ?? negotiated(navigator.languages)
  i18n.loadAndActivate({
    locale: locale.id,
    locales: locale.tag,
    messages: await messagesOf(locale),
  })
  document.documentElement.lang = locale.tag
  document.documentElement.dir = locale.dir
}
