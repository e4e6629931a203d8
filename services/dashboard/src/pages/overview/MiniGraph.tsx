import { plural } from '@lingui/core/macro'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Edge } from '../../api/client'
import { UNARRANGED } from '../../graph/arrangement'
import { Arranger } from '../../graph/arranging'
import type { Box, Point } from '../../graph/layout'
import { effectOf, isAccepted, isAutocorrelation } from '../../graph/model'

interface Props {
  variables: readonly string[]
  edges: readonly Edge[]
}

const WIDTH = 320
const HEIGHT = 170
const MARGIN = 40
const RADIUS = 6
const CLOSEST = 1 / 90
const NO_BOXES: ReadonlyMap<string, Box> = new Map()

/** The accepted links, and places that hold still while the graph grows. */
function useMiniature({ variables, edges }: Props) {
  const links = useMemo(
    () => edges.filter((edge) => isAccepted(edge) && !isAutocorrelation(edge)),
    [edges],
  )
  const [arrangement, setArrangement] = useState(UNARRANGED)
  const last = useRef(UNARRANGED)
  const [arranger] = useState(() => new Arranger())
  useEffect(() => () => arranger.stop(), [arranger])
  useLayoutEffect(() => {
    const wanted = { nodes: variables, ties: links, boxes: NO_BOXES, upright: false }
    const question = () => ({ before: last.current, ...wanted })
    arranger.ask(question, (now) => {
      last.current = now
      setArrangement(now)
    })
  }, [arranger, variables, links])
  return { links, points: arrangement.points }
}

interface Frame {
  viewBox: string
  /** One pixel of the card, in units of the layout. */
  pixel: number
}

/** A frame around all points, of the picture's own proportions and not too close. */
function frame(points: readonly Point[]): Frame {
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)]
  const [left, right, top, bottom] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ]
  const inner = Math.max((right - left) / (WIDTH - MARGIN), (bottom - top) / (HEIGHT - MARGIN))
  const pixel = Math.max(inner, CLOSEST)
  const [width, height] = [WIDTH * pixel, HEIGHT * pixel]
  const corner = [(left + right - width) / 2, (top + bottom - height) / 2]
  return { viewBox: [...corner, width, height].join(' '), pixel }
}

/** A bow between two points, so that a pair of opposed edges shows as two. */
function bow(a: Point, b: Point): string {
  const middle = {
    x: (a.x + b.x) / 2 - (b.y - a.y) * 0.12,
    y: (a.y + b.y) / 2 + (b.x - a.x) * 0.12,
  }
  return `M${a.x},${a.y}Q${middle.x},${middle.y} ${b.x},${b.y}`
}

/** The stream's graph at a glance; the stream's page has the one to read. */
export function MiniGraph(props: Props) {
  const { links, points } = useMiniature(props)
  if (points.size === 0) return <div className="mini" />
  const { viewBox, pixel } = frame([...points.values()])
  return (
    <svg
      className="mini"
      viewBox={viewBox}
      role="img"
      aria-label={plural(links.length, {
        one: 'Causal graph with # edge',
        other: 'Causal graph with # edges',
      })}
    >
      {links.map((edge) => {
        const [a, b] = [points.get(edge.source), points.get(edge.target)]
        if (!a || !b) return null
        return (
          <path
            key={`${edge.source} ${edge.target} ${edge.lag}`}
            d={bow(a, b)}
            className={effectOf(edge) < 0 ? 'negative' : 'positive'}
            strokeWidth={pixel * (1.2 + 4 * Math.min(1, Math.abs(effectOf(edge))))}
          />
        )
      })}
      {[...points].map(([name, p]) => (
        <circle key={name} cx={p.x} cy={p.y} r={RADIUS * pixel} strokeWidth={1.5 * pixel} />
      ))}
    </svg>
  )
}
