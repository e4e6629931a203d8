/** Where one can go: the pages, in the order of the navigation. Pure. */

export interface Place {
  path: string
  label: string
  /** Pressed after `g`. */
  key: string
  /** Whether it is reached from who one is, not from the navigation. */
  isAside?: boolean
}

export const PLACES: readonly Place[] = [
  { path: '/', label: 'Overview', key: 'o' },
  { path: '/governor', label: 'DRG', key: 'd' },
  { path: '/federation', label: 'Federation', key: 'f' },
  { path: '/meta-learning', label: 'Meta-learning', key: 'm' },
  { path: '/components', label: 'Components', key: 'c' },
  { path: '/events', label: 'Events', key: 'e' },
  { path: '/traces', label: 'Traces', key: 't' },
  { path: '/dead-letters', label: 'Dead letters', key: 'l' },
  { path: '/keys', label: 'Keys', key: 'k', isAside: true },
]

/** The page that an address belongs to; the overview also has the streams. */
export function placeOf(pathname: string): Place | null {
  const within = ({ path }: Place) => pathname === path || pathname.startsWith(`${path}/`)
  const found = PLACES.find((place) => place.path !== '/' && within(place))
  const atHome = pathname === '/' || pathname.startsWith('/streams/')
  return found ?? (atHome ? (PLACES[0] ?? null) : null)
}
