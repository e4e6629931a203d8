/** The stage of the graph unrolled in time: loads the renderer, feeds it, gives it keys and buttons. */
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { KeyboardEvent, ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import type { CausalGraph, EdgeKey } from '../../../api/client'
import * as format from '../../../format'
import type { DrawnGraph } from '../../../graph/model'
import type { SpaceRenderer } from '../../../graph/space/renderer'
import { carried } from '../history/moment'
import type { SetView } from '../useView'
import { type View, writeView } from '../view'
import { neighbour, STEPS } from '../walk'
import { type Trouble, useCamera, useDrawing, useRenderer } from './useSpace'
import '../../../styles/space.css'

interface Props {
  graph: CausalGraph
  picture: DrawnGraph
  /** Seconds between grid steps; null while it is not known. */
  cadence: number | null
  chosen: string | null
  onEdge: (edge: EdgeKey | null) => void
  view: View
  setView: SetView
  /** What to say while no edge is drawn. */
  nothing: string
  exports: (png: () => Promise<Blob>) => ReactNode
}

/** Degrees to the right and upwards, with Shift. */
const ORBIT: Record<string, [number, number]> = {
  ArrowRight: [10, 0],
  ArrowLeft: [-10, 0],
  ArrowUp: [0, 10],
  ArrowDown: [0, -10],
}

function useKeys(renderer: SpaceRenderer | null, { picture, chosen, onEdge }: Props) {
  return (event: KeyboardEvent) => {
    const orbit = event.shiftKey ? ORBIT[event.key] : undefined
    const step = STEPS[event.key]
    if (event.key !== 'Tab' && event.key !== 'Shift') renderer?.turn(false)
    if (event.key === 'Escape') onEdge(null)
    if (event.key === '+') renderer?.zoom(1.25)
    if (event.key === '-') renderer?.zoom(0.8)
    if (event.key === 'Home') renderer?.reset()
    if (step === undefined && event.key !== 'Home') return
    event.preventDefault()
    if (orbit) renderer?.orbit(...orbit)
    else if (step !== undefined) onEdge(neighbour(picture.edges, chosen, step))
  }
}

function Tools({ renderer, turns, still }: ToolProps) {
  return (
    <div className="graph-tools" role="toolbar" aria-label={t`Graph`}>
      <button type="button" onClick={() => renderer.zoom(1.25)} aria-label={t`Zoom in`}>
        +
      </button>
      <button type="button" onClick={() => renderer.zoom(0.8)} aria-label={t`Zoom out`}>
        −
      </button>
      {!still && (
        <button type="button" aria-pressed={turns} onClick={() => renderer.turn(!turns)}>
          {t`Turn`}
        </button>
      )}
      <button
        type="button"
        onClick={() => renderer.reset()}
        title={t`Stand where one stood at first`}
      >
        {t`Reset`}
      </button>
    </div>
  )
}

interface ToolProps {
  renderer: SpaceRenderer
  turns: boolean
  still: boolean
}

function reason(trouble: Trouble): string {
  if (trouble === 'absent') return t`This browser offers no WebGL, which drawing in space takes.`
  if (trouble === 'lost') return t`The browser has taken the drawing surface away.`
  return t`What draws in space could not be loaded.`
}

/** What to do instead; the other views show the same. */
function Instead({ trouble, view }: { trouble: Trouble; view: View }) {
  const now = new URLSearchParams(useLocation().search)
  const [flat, table] = (['graph', 'table'] as const).map(
    (as) => `?${carried(now, writeView({ ...view, as }))}`,
  )
  return (
    <div className="space-instead" role="status">
      <p>{reason(trouble)}</p>
      <p>
        <Trans>
          The <Link to={flat ?? ''}>flat graph</Link> and the <Link to={table ?? ''}>table</Link>{' '}
          show the same edges.
        </Trans>
      </p>
    </div>
  )
}

function spoken({ picture, graph }: Props, found: number): string {
  return t`Causal graph of ${picture.nodes.length} variables with ${found} edges, unrolled over ${graph.max_lag + 1} steps. Arrow keys go through the edges, with Shift they turn the picture; the table shows the same data.`
}

function sheetName(lag: number, cadence: number | null): string {
  if (lag === 0) return t`now`
  if (cadence === null) return t`t − ${lag}`
  const about = format.seconds(Number((lag * cadence).toPrecision(2)))
  return t`t − ${lag} · ${about}`
}

export function SpaceStage(props: Props) {
  const { graph, picture, cadence, chosen, onEdge, view, setView, nothing, exports } = props
  const { container, overlay, renderer, turns, trouble, still } = useRenderer({
    stream: graph.stream,
    camera: view.camera,
    onEdge,
    onCamera: (where) => went(where),
    sheetName: (lag) => sheetName(lag, cadence),
  })
  const went = useCamera(renderer, view.camera, (camera) => setView({ camera }))
  useDrawing(renderer, { picture, maxLag: graph.max_lag, version: graph.version, chosen })
  const onKeyDown = useKeys(renderer, props)
  const found = picture.edges.filter(({ verdict }) => verdict !== 'missed').length
  const ready = renderer && !trouble
  return (
    <div className="graph-card">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing that takes keys is no image element */}
      <div
        className="graph space"
        data-testid="space"
        data-edges={found}
        data-sheets={graph.max_lag + 1}
        data-version={graph.version}
        data-state={trouble ?? (renderer ? 'drawn' : 'loading')}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go through the edges
        tabIndex={0}
        aria-label={spoken(props, found)}
        onKeyDown={onKeyDown}
      >
        <div className="graph-canvas" ref={container} aria-hidden="true" />
        <canvas className="graph-overlay" ref={overlay} />
        {!renderer && !trouble && <div className="graph-loading" aria-hidden="true" />}
        {ready && found === 0 && <p className="graph-empty">{nothing}</p>}
        {trouble && <Instead trouble={trouble} view={view} />}
      </div>
      {ready && <Tools renderer={renderer} turns={turns} still={still} />}
      {ready && exports(() => renderer.png())}
    </div>
  )
}
