/** Saved views: addresses under a name, kept in this browser. */

export interface View {
  name: string
  /** Path and query, as the address bar has them behind the host. */
  address: string
}

const KEY = 'scarcity.views'
const LONGEST_NAME = 100

const isAddress = (text: unknown): text is string =>
  typeof text === 'string' && /^\/(?![/\\])/.test(text)

const isView = (item: unknown): item is View => {
  const { name, address } = (item ?? {}) as Partial<View>
  return typeof name === 'string' && name.trim() !== '' && isAddress(address)
}

/** The views of a file or of what was kept; null where it holds none. */
export function viewsIn(text: string | null): View[] | null {
  try {
    const found: unknown = JSON.parse(text ?? '')
    if (!Array.isArray(found)) return null
    return found.filter(isView).map(({ name, address }) => ({ name: nameOf(name), address }))
  } catch {
    return null
  }
}

export const nameOf = (typed: string): string => typed.trim().slice(0, LONGEST_NAME)

/** With a view more; one of the same name is replaced. */
export function withView(views: readonly View[], view: View): View[] {
  const at = views.findIndex(({ name }) => name === view.name)
  return at < 0 ? [...views, view] : views.with(at, view)
}

export const withoutView = (views: readonly View[], name: string): View[] =>
  views.filter((view) => view.name !== name)

/** Under another name, at its place; a view that had that name goes. */
export function renamed(views: readonly View[], from: string, to: string): View[] {
  const name = nameOf(to)
  if (name === '' || name === from) return [...views]
  return withoutView(views, name).map((view) => (view.name === from ? { ...view, name } : view))
}

export const merged = (views: readonly View[], more: readonly View[]): View[] =>
  more.reduce(withView, [...views])

export const asJson = (views: readonly View[]): string => `${JSON.stringify(views, null, 2)}\n`

let views: readonly View[] | null = null
const told = new Set<() => void>()

function tell(): void {
  views = null
  for (const each of told) each()
}

/** What is kept; another tab may have changed it. */
export function kept(): readonly View[] {
  views ??= viewsIn(localStorage.getItem(KEY)) ?? []
  return views
}

/** False where the browser keeps nothing. */
export function keep(next: readonly View[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    return false
  }
  tell()
  return true
}

export function onKept(onChange: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === KEY || key === null) tell()
  }
  told.add(onChange)
  window.addEventListener('storage', onStorage)
  return () => {
    told.delete(onChange)
    window.removeEventListener('storage', onStorage)
  }
}
