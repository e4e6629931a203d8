import { differenceGraphml, pastGraphml, stamp } from './documents'
import type { Looked } from './useLooked'

export interface MadeHere {
  /** Of the file, without its ending. */
  name: string
  json: unknown
  graphml: string
}

/** What can be saved of another moment; null while the newest graph is shown. */
export function madeHere(stream: string, { past, difference }: Looked): MadeHere | null {
  if (past) {
    return { name: `${stream}-${stamp(past.at)}`, json: past, graphml: pastGraphml(past) }
  }
  if (!difference) return null
  const name = `${stream}-${stamp(difference.from)}-${stamp(difference.to)}`
  return { name, json: difference, graphml: differenceGraphml(difference) }
}
