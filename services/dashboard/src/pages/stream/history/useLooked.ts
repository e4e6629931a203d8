import { useMemo, useRef } from 'react'
import type { CausalGraph } from '../../../api/client'
import type { FoundPath, GraphDifferences, PastGraph } from '../../../api/history'
import type { Moment } from './moment'
import { useDifferences, usePast } from './queries'
import { type SetMoment, useMoment } from './useMoment'
import { type SetWay, usePathFinder } from './usePathFinder'

/** What is looked at beside the newest graph: another moment, a difference, a path. */
export interface Looked {
  moment: Moment
  setMoment: SetMoment
  /** The newest graph; while another moment is looked at, as it was when that began. */
  graph: CausalGraph
  past: PastGraph | null
  difference: GraphDifferences | null
  /** Why the moment cannot be shown. */
  error: Error | null
  /** Of the newest graph, the one that is lit. */
  path: FoundPath | null
  setWay: SetWay
}

/** A value as it was when it was last let through. */
function useHeld<T>(value: T, isLive: boolean): T {
  const held = useRef(value)
  if (isLive) held.current = value
  return held.current
}

export function useLooked(stream: string, live: CausalGraph): Looked {
  const [moment, setMoment] = useMoment()
  const isLive = moment.kind === 'live'
  const asked = { past: usePast(stream, moment), difference: useDifferences(stream, moment) }
  const finder = usePathFinder(stream, live)
  const graph = useHeld(live, isLive)
  const past = (moment.kind === 'past' && asked.past.data) || null
  const difference = (moment.kind === 'compared' && asked.difference.data) || null
  const error = isLive ? null : moment.kind === 'past' ? asked.past.error : asked.difference.error
  const path = isLive ? finder.path : null
  const { setWay } = finder
  return useMemo(
    () => ({ moment, setMoment, graph, past, difference, error, path, setWay }),
    [moment, setMoment, graph, past, difference, error, path, setWay],
  )
}
