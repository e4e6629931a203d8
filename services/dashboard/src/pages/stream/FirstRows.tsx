import type { Problem, StreamDetail } from '../../api/client'
import * as format from '../../format'

interface Props {
  stream: StreamDetail
  problem: Problem | null
}

/** A stream before its first graph: how far it is, said honestly. */
export function FirstRows({ stream, problem }: Props) {
  const needed = problem?.rows_needed
  const total = needed === undefined ? null : stream.records + needed
  return (
    <section className="first-rows" aria-label="Progress to the first graph">
      <div className="constellation" aria-hidden="true">
        {stream.variables.slice(0, 24).map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <h2>Listening, not guessing</h2>
      {total === null ? (
        <p>{problem?.detail ?? 'There are not enough rows for a first test yet.'}</p>
      ) : (
        <>
          <p>
            {format.count(stream.records)} of about {format.count(total)} rows until the first test.
          </p>
          <progress value={stream.records} max={total} aria-label="Rows until the first test" />
        </>
      )}
      <p className="quiet">
        {stream.rate > 0
          ? `Records come in at ${format.rate(stream.rate)}. The graph appears here by itself.`
          : 'No records come in at the moment; the graph appears once they do.'}
      </p>
    </section>
  )
}
