/** Where the variables of a stream stood, for as long as this tab lives. */
import type { Point } from '../../graph/layout'

const key = (stream: string): string => `scarcity.places.${stream}`

export function remember(stream: string, places: ReadonlyMap<string, Point>): void {
  try {
    sessionStorage.setItem(key(stream), JSON.stringify([...places]))
  } catch {
    // A full storage costs the reader only the arrangement of the next visit.
  }
}

export function recall(stream: string): ReadonlyMap<string, Point> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(key(stream)) ?? '[]'))
  } catch {
    return new Map()
  }
}
