/** The edge that a key leads to. Pure. */
import type { DrawnEdge } from '../../graph/model'

/** How many edges further on an arrow key leads. */
export const STEPS: Record<string, number> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
}

/** `step` edges further on from the chosen one, strongest first and round again. */
export function neighbour(edges: readonly DrawnEdge[], chosen: string | null, step: number) {
  const ranked = [...edges].sort((a, b) => b.strength - a.strength)
  const at = ranked.findIndex((edge) => edge.id === chosen)
  const start = at < 0 && step < 0 ? 0 : at
  return ranked[(start + step + ranked.length) % ranked.length] ?? null
}
