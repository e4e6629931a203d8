import { useCallback } from 'react'
import type { CausalGraph } from '../../../api/client'
import type { FoundPath, FoundPaths } from '../../../api/history'
import { useAddress } from '../../../ui/useAddress'
import { chosenPath, type Ends, endsInAddress, NO_ENDS, readEnds, wayOf, whole } from './paths'
import { usePaths } from './queries'

/** Choose a path between two variables, or none at all; without a way the first one. */
export type SetWay = (ends: Ends | null, path?: FoundPath) => void

export interface PathFinder {
  ends: Ends
  found: FoundPaths | null
  error: Error | null
  /** The one that is chosen. */
  path: FoundPath | null
  setWay: SetWay
}

/** Between which variables the address asks for paths, and what there is. */
export function usePathFinder(stream: string, { variables }: CausalGraph): PathFinder {
  const [params, set] = useAddress()
  const ends = readEnds(params.get('path'), variables)
  const both = whole(ends)
  const query = usePaths(stream, both)
  const found = (both && query.data) || null
  const setWay: SetWay = useCallback(
    (next, chosen) =>
      set({ path: next && endsInAddress(next), way: chosen ? wayOf(chosen) : null }),
    [set],
  )
  return {
    ends: ends ?? NO_ENDS,
    found,
    error: both && query.error,
    path: found && chosenPath(found.paths, params.get('way')),
    setWay,
  }
}
