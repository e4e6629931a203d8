import { plural, t } from '@lingui/core/macro'
import { Link } from 'react-router'
import type { EdgeKey } from '../../../api/client'
import type { EdgeDetails, EdgeEvent } from '../../../api/history'
import * as format from '../../../format'
import { Copy } from '../../../ui/Copy'
import { useNow } from '../../../ui/useNow'
import { useWidth } from '../../../ui/useWidth'
import { traceAddress } from '../../addresses'
import { type EvidencePoint, type EvidenceScale, evidenceOf, evidenceScale } from './evidence'
import { useEdgeDetails } from './queries'
import { changeName, clock } from './words'

const HEIGHT = 112
const TOLD = 5

function Point({ point, scale, now }: { point: EvidencePoint; scale: EvidenceScale; now: number }) {
  const { time, effect, interval, change, at } = point
  const x = scale.x(time)
  const sign = effect < 0 ? 'negative' : 'positive'
  const range = interval ? ` [${format.signed(interval[0])}, ${format.signed(interval[1])}]` : ''
  return (
    <g className={`evidence-${sign}`}>
      <title>{`${clock(at, now)} ${changeName(change)} ${format.signed(effect)}${range}`}</title>
      {interval && <line x1={x} x2={x} y1={scale.y(interval[0])} y2={scale.y(interval[1])} />}
      <circle
        cx={x}
        cy={scale.y(effect)}
        r={change === 'vanished' ? 3.5 : 3}
        className={change === 'vanished' ? 'evidence-gone' : ''}
      />
    </g>
  )
}

/** The effect at every change, with its interval where it was kept, against zero. */
function Chart({ points }: { points: readonly EvidencePoint[] }) {
  const now = useNow()
  const [width, ref] = useWidth(320)
  const scale = evidenceScale(points, { left: 38, right: width - 8, top: 8, bottom: 88 })
  const line = points.map(
    ({ time, effect }) => `${scale.x(time).toFixed(1)},${scale.y(effect).toFixed(1)}`,
  )
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return null
  const least = Math.min(...points.map(({ effect }) => effect))
  const most = Math.max(...points.map(({ effect }) => effect))
  const spoken = t`Effect at ${plural(points.length, { one: '# moment', other: '# moments' })}, between ${format.signed(least)} and ${format.signed(most)}, last ${format.signed(last.effect)}.`
  return (
    <figure className="evidence-chart" ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={spoken}
      >
        <line x1="38" x2={width} y1={scale.y(0)} y2={scale.y(0)} className="evidence-zero" />
        {[...new Set([0, least, most])]
          .filter((v) => v === 0 || Math.abs(scale.y(v) - scale.y(0)) > 11)
          .map((value) => (
            <text key={value} x="32" y={scale.y(value) + 4} textAnchor="end">
              {value === 0 ? '0' : format.signed(value)}
            </text>
          ))}
        <path d={`M${line.join('L')}`} className="evidence-line" />
        {points.map((point) => (
          <Point key={point.id} point={point} scale={scale} now={now} />
        ))}
        <text x="38" y={HEIGHT - 4}>
          {clock(first.at, now)}
        </text>
        {last.time > first.time && (
          <text x={width - 2} y={HEIGHT - 4} textAnchor="end">
            {clock(last.at, now)}
          </text>
        )}
      </svg>
    </figure>
  )
}

/** What became of the edge, newest first; each change leads to the trace that it is from. */
function Story({ changes }: { changes: readonly EdgeEvent[] }) {
  const now = useNow()
  return (
    <ol className="story" data-testid="edge-story">
      {changes.slice(0, TOLD).map((change) => {
        const told = change.trace_id
        return (
          <li key={change.id}>
            <span title={change.summary}>
              {changeName(change.change)} {format.signed(change.effect)}
            </span>{' '}
            <small title={change.at}>{format.ago(change.at, now)}</small>
            {told && <Link to={traceAddress(told)}>{t`its trace`}</Link>}
          </li>
        )
      })}
    </ol>
  )
}

/** What the edge was tested given, and the window and the change that last said so. */
function Provenance({ details }: { details: EdgeDetails }) {
  const now = useNow()
  const { conditions, changes, why, as_of } = details
  const [newest] = changes
  const trace = newest?.trace_id
  return (
    <details className="provenance">
      <summary>{t`Where it is from`}</summary>
      <p>
        {as_of && <small>{t`As of ${clock(as_of, now)}:`} </small>}
        {why}
      </p>
      <p>
        {conditions.length > 0
          ? t`Tested while these are held fixed:`
          : t`Tested with nothing else held fixed.`}{' '}
        {conditions.map(([name, lag]) => (
          <code key={`${name} ${lag}`}>{lag === 0 ? name : t`${name}, ${lag} steps before`}</code>
        ))}
      </p>
      {newest && (
        <dl className="ids">
          <div>
            <dt>{t`window`}</dt>
            <dd>
              <Copy text={newest.window_id} what={t`the window's id`} />
            </dd>
          </div>
          <div>
            <dt>{t`change`}</dt>
            <dd>
              <Copy text={newest.id} what={t`the change's id`} />
            </dd>
          </div>
          {trace && (
            <div>
              <dt>{t`trace`}</dt>
              <dd>
                <Copy text={trace} what={t`the trace's id`} />
              </dd>
            </div>
          )}
        </dl>
      )}
    </details>
  )
}

function Told({ details }: { details: EdgeDetails }) {
  const points = evidenceOf(details)
  return (
    <section className="edge-story" aria-label={t`Evidence over time`}>
      <h3>{t`Evidence over time`}</h3>
      {points.length > 1 && <Chart points={points} />}
      {details.changes.length > 0 ? (
        <Story changes={details.changes} />
      ) : (
        <p className="quiet">{t`None of its changes is kept.`}</p>
      )}
      <Provenance details={details} />
    </section>
  )
}

/** How the evidence for an edge came about: over time, and from where. */
export function Evidence({ stream, edge }: { stream: string; edge: EdgeKey }) {
  const { data } = useEdgeDetails(stream, edge)
  return data ? <Told details={data} /> : null
}
