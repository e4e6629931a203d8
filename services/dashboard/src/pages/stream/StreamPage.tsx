import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Link, useParams } from 'react-router'
import type { CausalGraph, EdgeKey, StreamDetail } from '../../api/client'
import { isNotFound } from '../../api/problems'
import { useTitle } from '../../app/useTitle'
import { priorOf } from '../../graph/imports'
import { edgeId, isAccepted, sameEdge } from '../../graph/model'
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
import { Banner } from './history/Banner'
import { DifferencePanel, DifferenceTable } from './history/Difference'
import { HistoryPanel } from './history/HistoryPanel'
import { DifferenceLegend } from './history/Legend'
import { PastTable } from './history/PastTable'
import { PathFinder } from './history/PathFinder'
import { pictureOf } from './history/pictureOf'
import { type Looked, useLooked } from './history/useLooked'
import { Jointly } from './Jointly'
import { Legend } from './Legend'
import { Quality } from './Quality'
import { StreamHeader } from './StreamHeader'
import { StrongestEdges } from './StrongestEdges'
import { SpaceStage } from './space/SpaceStage'
import { type SetView, useView } from './useView'
import { Variables } from './Variables'
import type { View } from './view'
import '../../styles/history.css'

interface Props {
  stream: StreamDetail
  graph: CausalGraph
  view: View
  setView: SetView
}

/** While a moment is fetched, or cannot be, the banner says so. */
function nothingThen({ past }: Looked): string {
  return past ? t`There was no edge at that moment, or the filters hide them.` : ''
}

interface LookedProps extends Props {
  looked: Looked
}

function nothing({ rows, coverage }: CausalGraph): string {
  if (coverage.tested > 0) {
    return t`No edge to show: none has passed its tests yet, or the filters hide them.`
  }
  return t`${plural(rows, { one: '# row', other: '# rows' })} so far, too few to test anything. More data will tell.`
}

function Picture({ stream, looked, view, setView }: LookedProps) {
  const { filters, edge } = view
  const { graph } = looked
  const truth = stream.truth ? stream.truth_edges : null
  const picture = useMemo(() => pictureOf(looked, filters, truth), [looked, filters, truth])
  const stage = {
    picture,
    chosen: edge ? edgeId(edge) : null,
    onEdge: (next: EdgeKey | null) => setView({ edge: next }),
    nothing: looked.moment.kind === 'live' ? nothing(graph) : nothingThen(looked),
    exports: (png: () => Promise<Blob>, svg?: () => string) => (
      <Exports stream={stream.id} looked={looked} png={png} svg={svg ?? null} />
    ),
  }
  const imported = picture.edges.some((e) => e.imported)
  const space = view.as === 'space'
  return (
    <>
      {space ? (
        <SpaceStage
          {...stage}
          graph={graph}
          cadence={stream.cadence_s}
          view={view}
          setView={setView}
        />
      ) : (
        <GraphStage {...stage} stream={stream.id} version={graph.version} />
      )}
      <HistoryPanel stream={stream.id} looked={looked} />
      {looked.difference && !space && <DifferenceLegend />}
      <Legend truth={stream.truth} imported={imported} space={space} cadence={stream.cadence_s} />
    </>
  )
}

function Table({ stream, looked, view, setView }: LookedProps) {
  const { graph, past, difference } = looked
  const onEdge = (edge: EdgeKey) => setView({ edge })
  const all = useGraph(stream.id, 'all', view.tested)
  const shown = view.tested ? (all.data ?? graph) : graph
  return (
    <>
      {past && <PastTable past={past} filters={view.filters} onEdge={onEdge} />}
      {difference && (
        <DifferenceTable difference={difference} filters={view.filters} onEdge={onEdge} />
      )}
      {looked.moment.kind === 'live' && (
        <EdgeTable
          edges={shown.edges}
          filters={view.filters}
          truth={stream.truth ? stream.truth_edges : null}
          sort={view.sort}
          onSort={(sort) => setView({ sort })}
          tested={view.tested}
          onTested={(tested) => setView({ tested })}
          onEdge={onEdge}
        />
      )}
      <Exports stream={stream.id} looked={looked} png={null} svg={null} />
      <HistoryPanel stream={stream.id} looked={looked} />
    </>
  )
}

function Aside({ stream, graph, looked, view, setView }: LookedProps) {
  const { edge } = view
  const close = () => setView({ edge: null })
  const accepted = graph.edges.filter(isAccepted)
  const shown = (edge && graph.edges.find((e) => sameEdge(e, edge))) ?? null
  return (
    <aside className="side" aria-label={t`About this stream`}>
      {edge && (
        <EdgeDrawer
          key={edgeId(edge)}
          wanted={edge}
          edge={shown}
          siblings={accepted.filter((e) => e.source === edge.source && e.target === edge.target)}
          stream={stream}
          prior={shown ? priorOf(graph, shown) : null}
          looked={looked}
          onEdge={(next) => setView({ edge: next })}
          onClose={close}
        />
      )}
      {looked.difference && (
        <DifferencePanel
          difference={looked.difference}
          filters={view.filters}
          onEdge={(next) => setView({ edge: next })}
        />
      )}
      {stream.truth && <AccuracyPanel accuracy={stream.accuracy} />}
      {looked.moment.kind === 'live' && (
        <StrongestEdges edges={accepted} chosen={edge} onEdge={(next) => setView({ edge: next })} />
      )}
      <Variables stream={stream} />
      <Quality stream={stream} />
    </aside>
  )
}

function Body(own: Props) {
  const looked = useLooked(own.stream.id, own.graph)
  const props = { ...own, looked }
  const { view, setView, graph, stream } = props
  return (
    <div className="stream-columns">
      <div className="stage-column">
        <FilterBar view={view} setView={setView} graph={graph} truth={stream.truth} />
        <Banner looked={looked} cadence={stream.cadence_s} />
        {view.as === 'table' ? <Table {...props} /> : <Picture {...props} />}
      </div>
      <Aside {...props} />
      <div className="below">
        <ChangeFeed stream={stream.id} />
        <PathFinder
          stream={stream.id}
          graph={graph}
          cadence={stream.cadence_s}
          isLive={looked.moment.kind === 'live'}
        />
        <Jointly hyperedges={graph.hyperedges} />
        <Elsewhere priors={graph.priors} edges={graph.edges} />
      </div>
    </div>
  )
}

function Unknown({ id }: { id: string }) {
  return (
    <div className="plain-page">
      <h1>{t`There is no stream named ${id}`}</h1>
      <p>
        <Trans>
          It appears with its first record. <Link to="/">All streams</Link>
        </Trans>
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
