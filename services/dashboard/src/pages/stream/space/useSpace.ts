import { useEffect, useRef, useState } from 'react'
import type { EdgeKey } from '../../../api/client'
import { useReducedMotion } from '../../../app/theme'
import type { Point } from '../../../graph/layout'
import { type Camera, writeCamera } from '../../../graph/space/camera'
import type { SpaceRenderer, Unrolled } from '../../../graph/space/renderer'
import { recall, remember } from '../places'
import { useStaging } from '../useStaging'

/** Why nothing is drawn: the browser cannot, may no longer, or the code has not come. */
export type Trouble = 'absent' | 'lost' | 'unloaded'

interface Mount {
  stream: string
  camera: Camera | null
  onEdge: (edge: EdgeKey | null) => void
  onCamera: (camera: Camera) => void
  sheetName: (lag: number) => string
}

/** The renderer, once its chunk has come; one per stream and motion preference. */
export function useRenderer(mount: Mount) {
  const { stream } = mount
  const still = useReducedMotion()
  const container = useRef<HTMLDivElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const latest = useRef(mount)
  const [renderer, setRenderer] = useState<SpaceRenderer | null>(null)
  const [turns, setTurns] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  useEffect(() => {
    latest.current = mount
  })
  useEffect(() => {
    let made: SpaceRenderer | null = null
    let unmounted = false
    const begin = ({ SpaceRenderer, surface }: typeof import('../../../graph/space/renderer')) => {
      if (unmounted || !container.current || !overlay.current) return
      const found = surface()
      if (!found) {
        setTrouble('absent')
        return
      }
      const { camera } = latest.current
      made = new SpaceRenderer(
        {
          container: container.current,
          overlay: overlay.current,
          still,
          camera,
          onEdge: (edge) => latest.current.onEdge(edge),
          onCamera: (where) => latest.current.onCamera(where),
          onTurning: setTurns,
          onLost: (lost) => setTrouble(lost ? 'lost' : null),
          remembered: recall(stream),
          onPlaced: (placed: ReadonlyMap<string, Point>) => remember(stream, placed),
          sheetName: (lag) => latest.current.sheetName(lag),
        },
        found,
      )
      setRenderer(made)
    }
    import('../../../graph/space/renderer').then(begin, () => setTrouble('unloaded'))
    return () => {
      unmounted = true
      made?.destroy()
      setRenderer(null)
      setTurns(false)
    }
  }, [stream, still])
  return { container, overlay, renderer, turns, trouble, still }
}

interface Drawing extends Unrolled {
  version: number
  chosen: string | null
}

/** Everything that the renderer must be told, told as it changes. */
export function useDrawing(renderer: SpaceRenderer | null, drawing: Drawing) {
  const { picture, maxLag, version, chosen } = drawing
  useEffect(() => renderer?.update({ picture, maxLag }), [renderer, picture, maxLag])
  useStaging(renderer, chosen, version)
}

/** An address that says another place than the reader went to himself, by a link or back. */
export function useCamera(
  renderer: SpaceRenderer | null,
  camera: Camera | null,
  setCamera: (camera: Camera | null) => void,
) {
  const said = writeCamera(camera)
  const known = useRef(said)
  useEffect(() => {
    if (said !== known.current) renderer?.look(camera)
    known.current = said
  }, [renderer, camera, said])
  return (where: Camera) => {
    known.current = writeCamera(where)
    setCamera(known.current === '' ? null : where)
  }
}
