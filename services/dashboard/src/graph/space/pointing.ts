/** What lies under a point of the picture. Pure; distances in pixels. */
import type { Lens, Vector } from './camera'
import type { Focus } from './compose'
import { nearest, type Spot, toLine } from './legible'
import { at, type Curve } from './unroll'

const REACH = { variable: 14, edge: 9 }
const SAMPLES = Array.from({ length: 13 }, (_, i) => i / 12)

export interface There {
  /** Where variables stand now. */
  front: ReadonlyMap<string, Vector>
  curves: ReadonlyMap<string, Curve>
}

/** Variables come before edges, which end at them; null where nothing is near. */
export function under(spot: Spot, { front, curves }: There, { project }: Lens): Focus {
  const dots = [...front].map(([name, place]): [string, number] => {
    const { x, y } = project(place)
    return [name, Math.hypot(x - spot.x, y - spot.y)]
  })
  const variable = nearest(dots, REACH.variable)
  if (variable !== null) return { variable }
  const lines = [...curves].map(([id, curve]): [string, number] => {
    const line = SAMPLES.map((t) => project(at(curve, t)))
    return [id, toLine(spot, line)]
  })
  const edge = nearest(lines, REACH.edge)
  return edge === null ? null : { edge }
}
