import { useCallback, useState } from 'react'

/** The width of an element in pixels, and the ref that measures it; `initial` until it is known. */
export function useWidth(initial: number) {
  const [width, setWidth] = useState(initial)
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return
    const measuring = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(1, Math.round(entry.contentRect.width)))
    })
    measuring.observe(element)
    return () => measuring.disconnect()
  }, [])
  return [width, ref] as const
}
