import { t } from '@lingui/core/macro'
import type { StreamDetail } from '../../api/client'
import type { Problem } from '../../api/problems'
import * as format from '../../format'

interface Props {
  stream: StreamDetail
  problem: Problem | null
}

/** A stream before its first graph: what it waits for, as the gateway says it. */
export function FirstRows({ stream, problem }: Props) {
  return (
    <section className="first-rows" aria-label={t`Progress to the first graph`}>
      <div className="constellation" aria-hidden="true">
        {stream.variables.slice(0, 24).map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <h2>{t`Listening, not guessing`}</h2>
      <p>{problem?.detail ?? t`There are too few rows for a first test yet.`}</p>
      <p className="quiet">
        {stream.rate > 0
          ? t`Records come in at ${format.rate(stream.rate)}. The graph appears here by itself.`
          : t`The graph appears here by itself, as soon as there is one.`}
      </p>
    </section>
  )
}
