/** Which of many labels can be read at once, and what lies under a point of the picture. Pure. */

export interface Spot {
  x: number
  y: number
}

export interface Label extends Spot {
  key: string
  /** Of the text, in pixels; it stands in the middle of `x` and `y`. */
  width: number
  height: number
  /** Lower comes first, and hides what it overlaps. */
  rank: number
}

const TOUCH = 0.9

function overlap(a: Label, b: Label): boolean {
  const x = TOUCH * (a.width + b.width) - 2 * Math.abs(a.x - b.x)
  const y = TOUCH * (a.height + b.height) - 2 * Math.abs(a.y - b.y)
  return x > 0 && y > 0
}

/** The keys of the labels to show: first ranks first, none over another. */
export function legible(labels: readonly Label[]): Set<string> {
  const shown: Label[] = []
  for (const label of [...labels].sort((a, b) => a.rank - b.rank)) {
    if (!shown.some((other) => overlap(label, other))) shown.push(label)
  }
  return new Set(shown.map(({ key }) => key))
}

function toSegment(p: Spot, a: Spot, b: Spot): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const squared = dx * dx + dy * dy || 1
  const t = Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / squared))
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy)
}

/** How far a point is from a line of many points; infinity from a line that is not there. */
export function toLine(p: Spot, line: readonly Spot[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < line.length; i += 1) {
    least = Math.min(least, toSegment(p, line[i - 1] as Spot, line[i] as Spot))
  }
  return least
}

/** The key that is nearest, within `reach` pixels; null where nothing is. */
export function nearest(far: Iterable<readonly [string, number]>, reach: number): string | null {
  let best: string | null = null
  let least = reach
  for (const [key, distance] of far) {
    if (distance <= least) {
      least = distance
      best = key
    }
  }
  return best
}
