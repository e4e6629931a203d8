import { t } from '@lingui/core/macro'
import type { EdgeKey } from '../../../api/client'
import { NO_ENDS } from './paths'
import type { SetWay } from './usePathFinder'

/** From the ends of an edge to the paths that begin or end there, and along the edge. */
export function EdgeEnds({ edge, setWay }: { edge: EdgeKey; setWay: SetWay }) {
  const { source, target } = edge
  if (source === target) return null
  const go = (ends: Partial<typeof NO_ENDS>) => {
    setWay({ ...NO_ENDS, ...ends })
    const panel = document.getElementById('paths')
    panel?.scrollIntoView({ block: 'start' })
    const [first, second] = panel?.querySelectorAll('input') ?? []
    const next = ends.from ? second : first
    next?.focus({ preventScroll: true })
  }
  return (
    <p className="edge-ends">
      <span>{t`Paths`}</span>
      <button type="button" className="button" onClick={() => go({ from: source })}>
        {t`from ${source}`}
      </button>
      <button type="button" className="button" onClick={() => go({ to: target })}>
        {t`to ${target}`}
      </button>
      <button type="button" className="button" onClick={() => go({ from: source, to: target })}>
        {t`between both`}
      </button>
    </p>
  )
}
