import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { carried } from './history/moment'
import { readView, type View, writeView } from './view'

export type SetView = (patch: Partial<View>) => void

/** The view in the address, and a way to change a part of it without a new history entry. */
export function useView(): [View, SetView] {
  const [params, setParams] = useSearchParams()
  const view = useMemo(() => readView(params), [params])
  const setView = useCallback(
    (patch: Partial<View>) => {
      // What the page was drawn with may be older than the address: two changes can be that close.
      const now = new URLSearchParams(window.location.search)
      setParams(carried(now, writeView({ ...readView(now), ...patch })), {
        replace: true,
        preventScrollReset: true,
      })
    },
    [setParams],
  )
  return [view, setView]
}
