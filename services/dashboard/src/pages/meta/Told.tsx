import { t } from '@lingui/core/macro'
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
        <small>{t`lag ${edge.lag}`}</small>
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
        {edge.imported ? (
          <Chip tone="warn">{t`expected only`}</Chip>
        ) : (
          <Chip tone="good">{t`own data`}</Chip>
        )}
      </td>
    </tr>
  )
}

function Edges({ graph }: { graph: CausalGraph }) {
  const edges = told(graph, ORIGIN)
  if (edges.length === 0) {
    return (
      <Empty
        title={t`Of none of its accepted edges do the others say most. What peers of a federation expect, or what own data show, came first.`}
      />
    )
  }
  return (
    <ScrollTable label={t`What ${graph.stream} is told`}>
      <table>
        <caption className="visually-hidden">
          {t`Accepted edges of ${graph.stream} that the others say something of`}
        </caption>
        <thead>
          <tr>
            {[t`edge`, t`expected`, t`in the graph`, t`rests on`].map((head) => (
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
      title={t`What ${stream} is told`}
      aside={
        <button type="button" className="button" onClick={onClose}>
          {t`Close`}
        </button>
      }
    >
      {prior === null && <Empty title={t`Its engine has not taken anything in yet.`} />}
      {prior && (
        <dl className="stats">
          <Stat label={t`trust`}>{trustInWords(prior)}</Stat>
          <Stat label={t`rows it was tried on`}>{format.count(prior.rows)}</Stat>
          <Stat label={t`gain`} title={t`Over own forecasts, nats`}>
            {t`${format.signed(prior.gain, 1)} nats`}
          </Stat>
        </dl>
      )}
      {prior && (
        <p className="quiet footnote">{t`It rests on ${format.list(prior.provenance)}.`}</p>
      )}
      {prior && graph && <Edges graph={graph} />}
    </Panel>
  )
}
