import { Link } from 'react-router'
import type { EdgeKey } from '../../api/client'
import * as format from '../../format'
import { sameEdge } from '../../graph/model'
import { useChanges } from '../../live/queries'
import { useNow } from '../../ui/useNow'
import { traceAddress } from '../addresses'

const SHOWN = 5

/** What became of an edge, newest first; each change leads to the trace that it is from. */
export function EdgeStory({ stream, edge }: { stream: string; edge: EdgeKey }) {
  const now = useNow()
  const { data } = useChanges(stream)
  const changes = data?.items.filter((change) => sameEdge(change, edge)).slice(0, SHOWN) ?? []
  if (changes.length === 0) return null
  return (
    <section className="edge-story" aria-label="What became of it">
      <h3>What became of it</h3>
      <ol className="story" data-testid="edge-story">
        {changes.map((change) => (
          <li key={change.id}>
            <span title={change.summary}>{change.change}</span>{' '}
            <small title={change.at}>{format.ago(change.at, now)}</small>
            {change.trace_id && <Link to={traceAddress(change.trace_id)}>its trace</Link>}
          </li>
        ))}
      </ol>
    </section>
  )
}
