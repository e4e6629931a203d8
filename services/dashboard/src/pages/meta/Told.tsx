import { Link } from 'react-router'
import type { CausalGraph, Edge } from '../../api/client'
import * as format from '../../format'
import { trustInWords } from '../../graph/imports'
import { edgeId } from '../../graph/model'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel, Stat } from '../../ui/small'
import { Empty } from '../../ui/states'
import { edgeAddress } from '../stream/view'
import { told } from './shared'

const ORIGIN = 'meta_learning'

function Row({ edge, stream }: { edge: Edge; stream: string }) {
  return (
    <tr>
      <th scope="row">
        <Link to={edgeAddress(stream, edge)}>
          {edge.source} → {edge.target}
        </Link>
        <small>lag {edge.lag}</small>
      </th>
      <td>
        {format.signed(edge.prior?.effect)}
        <small>± {format.decimal(1.96 * (edge.prior?.se ?? 0))}</small>
      </td>
      <td>
        {format.signed(edge.effect)}
        <small>± {format.decimal(1.96 * (edge.se ?? 0))}</small>
      </td>
      <td>
        {edge.imported ? <Chip tone="warn">expected only</Chip> : <Chip tone="good">own data</Chip>}
      </td>
    </tr>
  )
}

function Edges({ graph }: { graph: CausalGraph }) {
  const edges = told(graph, ORIGIN)
  if (edges.length === 0) {
    return (
      <Empty title="Of none of its accepted edges do the others say most. What peers of a federation expect, or what own data show, came first." />
    )
  }
  return (
    <ScrollTable label={`What ${graph.stream} is told`}>
      <table>
        <caption className="visually-hidden">
          Accepted edges of {graph.stream} that the others say something of
        </caption>
        <thead>
          <tr>
            {['edge', 'expected', 'in the graph', 'rests on'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <Row key={edgeId(edge)} edge={edge} stream={graph.stream} />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

interface Props {
  stream: string
  graph: CausalGraph | null
  onClose: () => void
}

/** What one stream is told, and how far its engine uses it. */
export function Told({ stream, graph, onClose }: Props) {
  const prior = graph?.priors.find(({ origin }) => origin === ORIGIN) ?? null
  return (
    <Panel
      title={`What ${stream} is told`}
      aside={
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      }
    >
      {prior === null && <Empty title="Its engine has not taken anything in yet." />}
      {prior && (
        <dl className="stats">
          <Stat label="trust">{trustInWords(prior)}</Stat>
          <Stat label="rows it was tried on">{format.count(prior.rows)}</Stat>
          <Stat label="gain" title="Over own forecasts, nats">
            {format.signed(prior.gain, 1)} nats
          </Stat>
        </dl>
      )}
      {prior && <p className="quiet footnote">It rests on {prior.provenance.join(', ')}.</p>}
      {prior && graph && <Edges graph={graph} />}
    </Panel>
  )
}
