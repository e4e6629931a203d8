import { useCallback, useEffect, useRef, useState } from 'react'
import type { Moment } from './moment'
import type { SetMoment } from './useMoment'

/** Browsers let a page change its address about a hundred times in half a minute. */
const EVERY_MS = 300

/** The moment under the reader's hand at once, and in the address as often as it may be. */
export function useSettling(moment: Moment, setMoment: SetMoment): [Moment, SetMoment] {
  const [held, setHeld] = useState<Moment | null>(null)
  const latest = useRef<{ wanted: Moment | null; set: SetMoment }>({ wanted: null, set: setMoment })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => {
    latest.current.set = setMoment
  })
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
  const show = useCallback((next: Moment) => {
    latest.current.wanted = next
    setHeld(next)
    timer.current ??= setTimeout(() => {
      timer.current = null
      if (latest.current.wanted) latest.current.set(latest.current.wanted)
      setHeld(null)
    }, EVERY_MS)
  }, [])
  return [held ?? moment, show]
}
