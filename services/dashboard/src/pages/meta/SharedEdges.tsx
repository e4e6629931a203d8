import { plural, t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { CausalGraph } from '../../api/client'
import * as format from '../../format'
import { edgeId } from '../../graph/model'
import { ScrollTable } from '../../ui/ScrollTable'
import { Panel } from '../../ui/small'
import { Empty } from '../../ui/states'
import { edgeAddress } from '../stream/view'
import { contrary, type Holder, reach, type SharedEdge, sharedEdges } from './shared'

const WIDTH = 240
const HEIGHT = 22
const SHOWN = 30

function heldBy({ stream, effect, imported }: Holder): string {
  const held = format.signed(effect)
  return imported ? t`${stream}: ${held}, expected by others` : `${stream}: ${held}`
}

function Dots({ edge, half }: { edge: SharedEdge; half: number }) {
  const x = (effect: number) => (WIDTH / 2) * (1 + (0.94 * effect) / half)
  const odd = contrary(edge)
  const said = format.list(edge.holders.map((h) => `${h.stream} ${format.signed(h.effect)}`))
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="dots" role="img" aria-label={said}>
      <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line x1={WIDTH / 2} x2={WIDTH / 2} y1="2" y2={HEIGHT - 2} className="dots-zero" />
      {edge.holders.map((holder) => (
        <circle
          key={holder.stream}
          cx={x(holder.effect)}
          cy={HEIGHT / 2}
          r="4.5"
          className={`${holder.imported ? 'dot-imported' : ''} ${odd.includes(holder.stream) ? 'dot-odd' : ''}`}
        >
          <title>{heldBy(holder)}</title>
        </circle>
      ))}
    </svg>
  )
}

function Row({ edge, of, half }: { edge: SharedEdge; of: number; half: number }) {
  const odd = contrary(edge)
  return (
    <tr>
      <th scope="row">
        {edge.source} → {edge.target}
        <small>{t`lag ${edge.lag}`}</small>
      </th>
      <td>
        {t`${format.count(edge.holders.length)} of ${format.count(of)}`}
        {odd.length > 0 && <small className="contrary">{t`other sign: ${format.list(odd)}`}</small>}
      </td>
      <td className="dots-cell">
        <Dots edge={edge} half={half} />
      </td>
      <td className={edge.effect < 0 ? 'negative' : 'positive'}>{format.signed(edge.effect)}</td>
      <td className="holders">
        {edge.holders.map(({ stream, imported }) => (
          <Link key={stream} to={edgeAddress(stream, edge)}>
            {stream}
            {imported && <span title={t`expected by others`}>{t`(imported)`}</span>}
          </Link>
        ))}
      </td>
    </tr>
  )
}

/** Edges that streams of a domain have in common, as their graphs say now. */
export function SharedEdges({ graphs }: { graphs: readonly CausalGraph[] }) {
  const edges = sharedEdges(graphs)
  const half = reach(edges)
  if (edges.length === 0) {
    return (
      <Panel title={t`Edges in common`}>
        <Empty title={t`No two streams have an edge in common yet.`} />
      </Panel>
    )
  }
  return (
    <Panel
      title={t`Edges in common`}
      aside={
        <small>
          {t`${plural(edges.length, { one: '# edge', other: '# edges' })} in two streams or more`}
        </small>
      }
    >
      <ScrollTable label={t`Edges in common`}>
        <table className="shared">
          <caption className="visually-hidden">
            {t`Edges that streams of the domain have in common, most shared first`}
          </caption>
          <thead>
            <tr>
              {[t`edge`, t`share`, t`strength in each`, t`median`, t`streams`].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {edges.slice(0, SHOWN).map((edge) => (
              <Row key={edgeId(edge)} edge={edge} of={graphs.length} half={half} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </Panel>
  )
}
