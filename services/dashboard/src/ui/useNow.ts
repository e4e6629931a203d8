import { useEffect, useState } from 'react'

/** The time, milliseconds since the epoch, renewed every `everyMs`; for "3 s ago". */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
