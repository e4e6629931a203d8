import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Privacy } from '../../api/federation'
import * as format from '../../format'
import { Panel, Stat } from '../../ui/small'

function Spent({ privacy }: { privacy: Privacy }) {
  const { epsilon_spent: spent, epsilon_total: total } = privacy
  return (
    <div className="spent">
      <p>
        <Trans>
          <strong>{format.figure(spent)}</strong> of a budget of {format.figure(total)} ε is spent
        </Trans>
      </p>
      <progress value={Math.min(spent, total)} max={total} aria-label={t`Privacy budget spent`} />
    </div>
  )
}

/** What sealed rounds have cost, and what is left. */
export function PrivacyPanel({ privacy }: { privacy: Privacy }) {
  return (
    <Panel title={t`Privacy`}>
      <Spent privacy={privacy} />
      {privacy.withheld && (
        <p className="notice notice-bad" role="status">
          {t`Took no part in this round (${privacy.withheld}): ${privacy.why}`}
        </p>
      )}
      <dl className="stats">
        <Stat label={t`ε of a round`} title={t`What a round costs each row in it`}>
          {format.figure(privacy.epsilon_round)}
        </Stat>
        <Stat label="δ">{format.probability(privacy.delta)}</Stat>
        <Stat label={t`sums so far`}>{format.count(privacy.rounds)}</Stat>
        <Stat label={t`own rows in it`}>{format.count(privacy.rows)}</Stat>
        <Stat label={t`rows needed`} title={t`Of each member, to show an effect in one round`}>
          {format.count(privacy.rows_needed)}
        </Stat>
      </dl>
    </Panel>
  )
}
