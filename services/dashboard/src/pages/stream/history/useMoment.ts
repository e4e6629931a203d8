import { useCallback, useMemo } from 'react'
import { useAddress } from '../../../ui/useAddress'
import { inAddress, type Moment, readMoment } from './moment'

export type SetMoment = (moment: Moment) => void

/** The moment in the address, and a way to another one without a new history entry. */
export function useMoment(): [Moment, SetMoment] {
  const [params, set] = useAddress()
  const moment = useMemo(() => readMoment(params), [params])
  return [moment, useCallback((next: Moment) => set(inAddress(next)), [set])]
}
