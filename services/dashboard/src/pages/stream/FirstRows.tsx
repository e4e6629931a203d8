import { useState } from 'react'
import type { StreamDetail } from '../../api/client'
import type { Problem } from '../../api/problems'
import * as format from '../../format'

interface Props {
  stream: StreamDetail
  problem: Problem | null
}

/** Rows until the first test, as the gateway put it when it last answered; null if it did not. */
function useGoal({ stream, problem }: Props): number | null {
  const [asked, setAsked] = useState<{ problem: Problem; goal: number } | null>(null)
  if (problem?.rows_needed === undefined) return null
  if (asked?.problem === problem) return asked.goal
  const goal = stream.records + problem.rows_needed
  setAsked({ problem, goal })
  return goal
}

function Progress({ rows, goal }: { rows: number; goal: number }) {
  const shown = Math.min(rows, goal)
  return (
    <>
      <p>
        {format.count(shown)} of about {format.count(goal)} rows until the first test.
      </p>
      <progress value={shown} max={goal} aria-label="Rows until the first test" />
    </>
  )
}

/** A stream before its first graph: how far it is, said honestly. */
export function FirstRows({ stream, problem }: Props) {
  const goal = useGoal({ stream, problem })
  return (
    <section className="first-rows" aria-label="Progress to the first graph">
      <div className="constellation" aria-hidden="true">
        {stream.variables.slice(0, 24).map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <h2>Listening, not guessing</h2>
      {goal !== null && <Progress rows={stream.records} goal={goal} />}
      {goal === null && <p>{problem?.detail ?? 'There are too few rows for a first test yet.'}</p>}
      <p className="quiet">
        {stream.rate > 0
          ? `Records come in at ${format.rate(stream.rate)}. The graph appears here by itself.`
          : 'The graph appears here by itself, as soon as there is one.'}
      </p>
    </section>
  )
}
