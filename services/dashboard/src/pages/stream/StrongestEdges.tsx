import { t } from '@lingui/core/macro'
import type { Edge, EdgeKey } from '../../api/client'
import * as format from '../../format'
import { edgeId, effectOf, isAutocorrelation, sameEdge, strongest } from '../../graph/model'
import { Panel } from '../../ui/small'
import { Empty } from '../../ui/states'

interface Props {
  edges: readonly Edge[]
  chosen: EdgeKey | null
  onEdge: (edge: EdgeKey) => void
}

const SHOWN = 8

function Row({
  edge,
  scale,
  chosen,
  onEdge,
}: { edge: Edge; scale: number } & Omit<Props, 'edges'>) {
  const sign = effectOf(edge) < 0 ? 'negative' : 'positive'
  const width = `${(100 * Math.abs(effectOf(edge))) / scale}%`
  return (
    <li>
      <button
        type="button"
        aria-pressed={chosen !== null && sameEdge(edge, chosen)}
        onClick={() => onEdge(edge)}
      >
        <span className="strongest-name">
          {edge.source} {edge.oriented ? '→' : '—'} {edge.target}{' '}
          <small>{t`lag ${edge.lag}`}</small>
        </span>
        <span className={`strongest-effect ${sign}`}>{format.signed(edge.effect)}</span>
        <span className={`strongest-bar fill-${sign}`} style={{ width }} />
      </button>
    </li>
  )
}

export function StrongestEdges({ edges, chosen, onEdge }: Props) {
  const shown = strongest(
    edges.filter((edge) => !isAutocorrelation(edge)),
    SHOWN,
  )
  const scale = Math.max(...shown.map((edge) => Math.abs(effectOf(edge))), 1e-9)
  return (
    <Panel title={t`Strongest edges`}>
      {shown.length === 0 && <Empty title={t`No edge has passed its tests yet.`} />}
      <ol className="strongest">
        {shown.map((edge) => (
          <Row key={edgeId(edge)} edge={edge} scale={scale} chosen={chosen} onEdge={onEdge} />
        ))}
      </ol>
    </Panel>
  )
}
