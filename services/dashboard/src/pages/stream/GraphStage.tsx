/** The stage of the live graph: loads the renderer, feeds it, and gives it keys and buttons. */
import { plural, t } from '@lingui/core/macro'
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { EdgeKey } from '../../api/client'
import { useReducedMotion } from '../../app/theme'
import type { Point } from '../../graph/layout'
import type { DrawnGraph } from '../../graph/model'
import type { GraphRenderer } from '../../graph/renderer'
import { recall, remember } from './places'
import { useStaging } from './useStaging'
import { neighbour, STEPS } from './walk'

interface Props {
  stream: string
  version: number
  picture: DrawnGraph
  chosen: string | null
  onEdge: (edge: EdgeKey | null) => void
  /** What to say while no edge is drawn. */
  nothing: string
  exports: (png: () => Promise<Blob>, svg: () => string) => ReactNode
}

interface Mount {
  stream: string
  still: boolean
  onEdge: (edge: EdgeKey | null) => void
}

/** The renderer, once its chunk has come; one per stream and motion preference. */
function useRenderer({ stream, still, onEdge }: Mount) {
  const container = useRef<HTMLDivElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const latestOnEdge = useRef(onEdge)
  const [renderer, setRenderer] = useState<GraphRenderer | null>(null)
  useEffect(() => {
    latestOnEdge.current = onEdge
  })
  useEffect(() => {
    let made: GraphRenderer | null = null
    let unmounted = false
    void import('../../graph/renderer').then((module) => {
      if (unmounted || !container.current || !overlay.current) return
      made = new module.GraphRenderer({
        container: container.current,
        overlay: overlay.current,
        still,
        onEdge: (edge) => latestOnEdge.current(edge),
        remembered: recall(stream),
        onPlaced: (placed: ReadonlyMap<string, Point>) => remember(stream, placed),
      })
      setRenderer(made)
    })
    return () => {
      unmounted = true
      made?.destroy()
      setRenderer(null)
    }
  }, [stream, still])
  return { container, overlay, renderer }
}

/** Plain wheel turns scroll the page; with Ctrl (or a pinch) they zoom the graph. */
function useWheelGuard() {
  return useCallback((element: HTMLDivElement | null) => {
    if (!element) return
    const guard = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) event.stopImmediatePropagation()
    }
    element.addEventListener('wheel', guard, { capture: true })
    return () => element.removeEventListener('wheel', guard, { capture: true })
  }, [])
}

function foundEdges({ edges }: DrawnGraph): number {
  return edges.filter((edge) => edge.verdict !== 'missed').length
}

function spoken(picture: DrawnGraph): string {
  const variables = plural(picture.nodes.length, { one: '# variable', other: '# variables' })
  const edges = plural(foundEdges(picture), { one: '# edge', other: '# edges' })
  return t`Causal graph of ${variables} with ${edges}. Arrow keys go through the edges; the table shows the same data.`
}

/** Everything that the renderer must be told, told as it changes. */
function useDrawing(renderer: GraphRenderer | null, { picture, chosen, version }: Props) {
  useEffect(() => renderer?.update(picture), [renderer, picture])
  useStaging(renderer, chosen, version)
}

function useKeys(renderer: GraphRenderer | null, { picture, chosen, onEdge }: Props) {
  return (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (event.key === 'Escape') onEdge(null)
    if (event.key === '+') renderer?.zoom(1.25)
    if (event.key === '-') renderer?.zoom(0.8)
    if (step === undefined) return
    event.preventDefault()
    onEdge(neighbour(picture.edges, chosen, step))
  }
}

function Tools({ renderer }: { renderer: GraphRenderer }) {
  return (
    <div className="graph-tools" role="toolbar" aria-label={t`Graph`}>
      <button type="button" onClick={() => renderer.zoom(1.25)} aria-label={t`Zoom in`}>
        +
      </button>
      <button type="button" onClick={() => renderer.zoom(0.8)} aria-label={t`Zoom out`}>
        −
      </button>
      <button type="button" onClick={() => renderer.fit()} title={t`Show the whole graph`}>
        {t`Fit`}
      </button>
      <button type="button" onClick={() => renderer.tidy()} title={t`Arrange the graph anew`}>
        {t`Tidy`}
      </button>
    </div>
  )
}

export function GraphStage(props: Props) {
  const { stream, version, picture, onEdge, nothing, exports } = props
  const still = useReducedMotion()
  const guard = useWheelGuard()
  const { container, overlay, renderer } = useRenderer({ stream, still, onEdge })
  useDrawing(renderer, props)
  const onKeyDown = useKeys(renderer, props)
  const found = foundEdges(picture)
  return (
    <div className="graph-card">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing that takes keys is no image element */}
      <div
        className="graph"
        data-testid="graph"
        data-nodes={picture.nodes.length}
        data-edges={found}
        data-version={version}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go through the edges
        tabIndex={0}
        aria-label={spoken(picture)}
        onKeyDown={onKeyDown}
        ref={guard}
      >
        <div className="graph-canvas" ref={container} aria-hidden="true" />
        <canvas className="graph-overlay" ref={overlay} />
        {!renderer && <div className="graph-loading" aria-hidden="true" />}
        {renderer && found === 0 && <p className="graph-empty">{nothing}</p>}
      </div>
      {renderer && <Tools renderer={renderer} />}
      {renderer &&
        exports(
          () => renderer.png(),
          () => renderer.svg(),
        )}
    </div>
  )
}
