import { t } from '@lingui/core/macro'
import type { StreamDetail } from '../../api/client'
import * as format from '../../format'
import { Panel } from '../../ui/small'
import { useNow } from '../../ui/useNow'

/** What the data themselves look like: how many records were flawed, late, or still wait. */
export function Quality({ stream }: { stream: StreamDetail }) {
  const now = useNow()
  const flaws = Object.entries(stream.flaws)
  return (
    <Panel title={t`The data`}>
      <dl className="facts">
        <div>
          <dt>{t`last record`}</dt>
          <dd>{format.ago(stream.last_record_at, now)}</dd>
        </div>
        <div>
          <dt>{t`late`}</dt>
          <dd>{format.count(stream.late)}</dd>
        </div>
        {flaws.map(([kind, n]) => (
          <div key={kind}>
            <dt>{kind}</dt>
            <dd>{format.count(n)}</dd>
          </div>
        ))}
      </dl>
      {flaws.length === 0 && <p className="quiet">{t`No flaw has been found in the records.`}</p>}
    </Panel>
  )
}
