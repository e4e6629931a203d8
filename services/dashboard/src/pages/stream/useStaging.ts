import { useEffect, useRef } from 'react'
import { useThemeEpoch } from '../../app/theme'

/** What flat and unrolled graphs are told alike. */
interface Staged {
  choose: (edge: string | null) => void
  recolour: () => void
  pulse: () => void
}

/** Tells a renderer what is chosen, when the colours change, and when there is a new graph. */
export function useStaging(renderer: Staged | null, chosen: string | null, version: number) {
  const epoch = useThemeEpoch()
  const seen = useRef(version)
  useEffect(() => renderer?.choose(chosen), [renderer, chosen])
  useEffect(() => {
    if (epoch >= 0) renderer?.recolour()
  }, [renderer, epoch])
  useEffect(() => {
    if (version !== seen.current) renderer?.pulse()
    seen.current = version
  }, [renderer, version])
}
