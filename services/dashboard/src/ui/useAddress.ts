import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

type Change = Record<string, string | readonly string[] | null>

/** The address, and how to change some of it; what is null or empty goes. No history entry. */
export function useAddress(): [URLSearchParams, (change: Change) => void] {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (change: Change) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now)
          for (const [name, value] of Object.entries(change)) {
            next.delete(name)
            const values = typeof value === 'string' ? [value] : (value ?? [])
            for (const each of values) if (each) next.append(name, each)
          }
          return next
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  )
  return [params, set]
}
