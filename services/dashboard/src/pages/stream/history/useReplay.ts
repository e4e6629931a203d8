import { useCallback, useEffect, useRef, useState } from 'react'
import { lastOf, type Replay, replayOf, type Stop } from './timeline'

/** Walks through the stops until live is reached, the reader stops it, or moves by hand. */
export function useReplay(
  stops: readonly Stop[],
  at: number,
  still: boolean,
  go: (stop: Stop) => void,
): [boolean, (playing: boolean) => void] {
  const [replay, setReplay] = useState<Replay | null>(null)
  const latest = useRef({ stops, go })
  useEffect(() => {
    latest.current = { stops, go }
  })
  useEffect(() => {
    if (!replay) return
    let step = 0
    const advance = () => {
      const { stops: now, go: goNow } = latest.current
      const isEnd = step >= replay.stops.length - 1
      // Whatever came in meanwhile, the walk ends with what lives.
      const index = isEnd ? lastOf(now) : (replay.stops[step] ?? 0)
      const stop = now[Math.min(index, lastOf(now))]
      if (stop) goNow(stop)
      step += 1
      if (isEnd) setReplay(null)
    }
    advance()
    const timer = setInterval(advance, replay.everyMs)
    return () => clearInterval(timer)
  }, [replay])
  const play = useCallback(
    (playing: boolean) => setReplay(playing ? replayOf(stops, at, still) : null),
    [stops, at, still],
  )
  return [replay !== null, play]
}
