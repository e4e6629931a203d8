import { useMemo } from 'react'
import { Link, useParams } from 'react-router'
import type { CausalGraph, StreamDetail } from '../../api/client'
import { isNotFound } from '../../api/problems'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { priorOf } from '../../graph/imports'
import { drawn, edgeId, isAccepted, sameEdge } from '../../graph/model'
import { useGraph, useStream } from '../../live/queries'
import { Failure, Skeleton } from '../../ui/states'
import { ChangeFeed } from '../overview/ChangeFeed'
import { AccuracyPanel } from './AccuracyPanel'
import { EdgeDrawer } from './EdgeDrawer'
import { EdgeTable } from './EdgeTable'
import { Elsewhere } from './Elsewhere'
import { Exports } from './Exports'
import { FilterBar } from './FilterBar'
import { FirstRows } from './FirstRows'
import { GraphStage } from './GraphStage'
import { Jointly } from './Jointly'
import { Legend } from './Legend'
import { Paths } from './Paths'
import { Quality } from './Quality'
import { StreamHeader } from './StreamHeader'
import { StrongestEdges } from './StrongestEdges'
import { type SetView, useView } from './useView'
import { Variables } from './Variables'
import type { View } from './view'

interface Props {
  stream: StreamDetail
  graph: CausalGraph
  view: View
  setView: SetView
}

function nothing({ rows, coverage }: CausalGraph): string {
  if (coverage.tested > 0) {
    return 'No edge to show: none has passed its tests yet, or the filters hide them.'
  }
  return `${format.plural(rows, 'row')} so far, too few to test anything. More data will tell.`
}

function Picture({ stream, graph, view, setView }: Props) {
  const { filters, edge } = view
  const truth = stream.truth ? stream.truth_edges : null
  const picture = useMemo(() => drawn(graph, filters, truth), [graph, filters, truth])
  return (
    <>
      <GraphStage
        stream={stream.id}
        version={graph.version}
        picture={picture}
        chosen={edge ? edgeId(edge) : null}
        onEdge={(next) => setView({ edge: next })}
        nothing={nothing(graph)}
        exports={(png) => <Exports stream={stream.id} graph={graph} png={png} />}
      />
      <Legend truth={stream.truth} imported={picture.edges.some((e) => e.imported)} />
    </>
  )
}

function Table({ stream, graph, view, setView }: Props) {
  const all = useGraph(stream.id, 'all', view.tested)
  const shown = view.tested ? (all.data ?? graph) : graph
  return (
    <>
      <EdgeTable
        edges={shown.edges}
        filters={view.filters}
        truth={stream.truth ? stream.truth_edges : null}
        sort={view.sort}
        onSort={(sort) => setView({ sort })}
        tested={view.tested}
        onTested={(tested) => setView({ tested })}
        onEdge={(edge) => setView({ edge })}
      />
      <Exports stream={stream.id} graph={graph} png={null} />
    </>
  )
}

function Aside({ stream, graph, view, setView }: Props) {
  const { edge } = view
  const close = () => setView({ edge: null })
  const accepted = graph.edges.filter(isAccepted)
  const shown = (edge && graph.edges.find((e) => sameEdge(e, edge))) ?? null
  return (
    <aside className="side" aria-label="About this stream">
      {edge && (
        <EdgeDrawer
          key={edgeId(edge)}
          wanted={edge}
          edge={shown}
          siblings={accepted.filter((e) => e.source === edge.source && e.target === edge.target)}
          stream={stream}
          prior={shown ? priorOf(graph, shown) : null}
          onEdge={(next) => setView({ edge: next })}
          onClose={close}
        />
      )}
      {stream.truth && <AccuracyPanel accuracy={stream.accuracy} />}
      <StrongestEdges edges={accepted} chosen={edge} onEdge={(next) => setView({ edge: next })} />
      <Variables stream={stream} />
      <Quality stream={stream} />
    </aside>
  )
}

function Body(props: Props) {
  const { view, setView, graph, stream } = props
  return (
    <div className="stream-columns">
      <div className="stage-column">
        <FilterBar view={view} setView={setView} graph={graph} truth={stream.truth} />
        {view.table ? <Table {...props} /> : <Picture {...props} />}
      </div>
      <Aside {...props} />
      <div className="below">
        <ChangeFeed stream={stream.id} />
        <Paths paths={graph.paths} cadence={stream.cadence_s} />
        <Jointly hyperedges={graph.hyperedges} />
        <Elsewhere priors={graph.priors} edges={graph.edges} />
      </div>
    </div>
  )
}

function Unknown({ id }: { id: string }) {
  return (
    <div className="plain-page">
      <h1>There is no stream named {id}</h1>
      <p>
        It appears with its first record. <Link to="/">All streams</Link>
      </p>
    </div>
  )
}

export function StreamPage() {
  const { id = '' } = useParams()
  useTitle(id)
  const stream = useStream(id)
  const graph = useGraph(id)
  const [view, setView] = useView()

  if (stream.data === undefined) {
    if (isNotFound(stream.error)) return <Unknown id={id} />
    if (stream.error) return <Failure error={stream.error} onRetry={() => stream.refetch()} />
    return <Skeleton lines={1} tall />
  }
  const graphBody = () => {
    if (graph.data) {
      return <Body key={id} stream={stream.data} graph={graph.data} view={view} setView={setView} />
    }
    if (isNotFound(graph.error))
      return <FirstRows stream={stream.data} problem={graph.error.problem} />
    if (graph.error) return <Failure error={graph.error} onRetry={() => graph.refetch()} />
    return <Skeleton lines={1} tall />
  }
  return (
    <div className="stream-page">
      <StreamHeader stream={stream.data} graph={graph.data} />
      {graphBody()}
    </div>
  )
}
