import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { readView, type View, writeView } from './view'

export type SetView = (patch: Partial<View>) => void

/** The view in the address, and a way to change a part of it without a new history entry. */
export function useView(): [View, SetView] {
  const [params, setParams] = useSearchParams()
  const view = useMemo(() => readView(params), [params])
  const setView = useCallback(
    (patch: Partial<View>) =>
      setParams((now) => writeView({ ...readView(now), ...patch }), {
        replace: true,
        preventScrollReset: true,
      }),
    [setParams],
  )
  return [view, setView]
}
