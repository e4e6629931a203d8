import type { Privacy } from '../../api/federation'
import * as format from '../../format'
import { Panel, Stat } from '../../ui/small'

function Spent({ privacy }: { privacy: Privacy }) {
  const { epsilon_spent: spent, epsilon_total: total } = privacy
  return (
    <div className="spent">
      <p>
        <strong>{format.figure(spent)}</strong> of a budget of {format.figure(total)} ε is spent
      </p>
      <progress value={Math.min(spent, total)} max={total} aria-label="Privacy budget spent" />
    </div>
  )
}

/** What sealed rounds have cost, and what is left. */
export function PrivacyPanel({ privacy }: { privacy: Privacy }) {
  return (
    <Panel title="Privacy">
      <Spent privacy={privacy} />
      {privacy.withheld && (
        <p className="notice notice-bad" role="status">
          Took no part in this round ({privacy.withheld}): {privacy.why}
        </p>
      )}
      <dl className="stats">
        <Stat label="ε of a round" title="What a round costs each row in it">
          {format.figure(privacy.epsilon_round)}
        </Stat>
        <Stat label="δ">{format.probability(privacy.delta)}</Stat>
        <Stat label="sums so far">{format.count(privacy.rounds)}</Stat>
        <Stat label="own rows in it">{format.count(privacy.rows)}</Stat>
        <Stat label="rows needed" title="Of each member, to show an effect in one round">
          {format.count(privacy.rows_needed)}
        </Stat>
      </dl>
    </Panel>
  )
}
