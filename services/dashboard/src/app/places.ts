/** Where one can go: the pages, in the order of the navigation. Pure. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

export interface Place {
  path: string
  label: MessageDescriptor
  /** Pressed after `g`. */
  key: string
  /** Whether it is reached from who one is, not from the navigation. */
  isAside?: boolean
}

export const PLACES: readonly Place[] = [
  { path: '/', label: msg`Overview`, key: 'o' },
  { path: '/streams', label: msg`Streams`, key: 's' },
  { path: '/governor', label: msg`DRG`, key: 'd' },
  { path: '/federation', label: msg`Federation`, key: 'f' },
  { path: '/meta-learning', label: msg`Meta-learning`, key: 'm' },
  { path: '/components', label: msg`Components`, key: 'c' },
  { path: '/events', label: msg`Events`, key: 'e' },
  { path: '/traces', label: msg`Traces`, key: 't' },
  { path: '/dead-letters', label: msg`Dead letters`, key: 'l' },
  { path: '/keys', label: msg`Keys`, key: 'k', isAside: true },
]

/** The page that an address belongs to. */
export function placeOf(pathname: string): Place | null {
  const within = ({ path }: Place) => pathname === path || pathname.startsWith(`${path}/`)
  const found = PLACES.find((place) => place.path !== '/' && within(place))
  return found ?? (pathname === '/' ? (PLACES[0] ?? null) : null)
}
