import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Membership, Round } from '../../api/federation'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Panel } from '../../ui/small'
import { everybody, judged } from './rounds'
import { OUTCOMES, whyLeftOut } from './words'

interface Props {
  membership: Membership
  /** Newest first. */
  rounds: readonly Round[]
}

function Place({ round, peer }: { round: Round; peer: string }) {
  const one = judged(round, peer)
  if (!one) {
    return (
      <td className="place place-absent">
        <span aria-hidden="true">·</span>
        <span className="visually-hidden">{t`not in it`}</span>
      </td>
    )
  }
  const said = one.is_used ? t`believed` : t`left out: ${whyLeftOut(one.reason)}`
  return (
    <td className={`place ${one.is_used ? 'place-used' : 'place-out'}`} title={said}>
      <span aria-hidden="true">{one.is_used ? '●' : '✕'}</span>
      <span className="visually-hidden">{said}</span>
    </td>
  )
}

function RoundHead({ round }: { round: Round }) {
  const outcome = OUTCOMES[round.outcome]
  return (
    <th scope="col" title={round.text}>
      {round.round}
      <small className={`outcome outcome-${outcome.tone}`}>
        <span aria-hidden="true">{outcome.glyph}</span>
        <span className="visually-hidden">{i18n._(outcome.text)}</span>
      </small>
      <small>{format.clockTime(round.at)}</small>
    </th>
  )
}

function Figures({ title, rounds, of }: { title: string; rounds: readonly Round[]; of: Figure }) {
  return (
    <tr className="round-figures">
      <th scope="row">{title}</th>
      {rounds.map((round) => (
        <td key={round.at} className="place">
          {of(round)}
        </td>
      ))}
    </tr>
  )
}

type Figure = (round: Round) => string

/** Rounds from the newest on, and who was in each of them. */
export function Rounds({ membership, rounds }: Props) {
  const peers = everybody(rounds, { ...membership, refused: [] })
  const used = (round: Round) => round.peers.filter(({ is_used }) => is_used).length
  return (
    <Panel
      title={t`Rounds`}
      aside={<small>{t`newest first; a quorum is ${membership.quorum}`}</small>}
    >
      <ScrollTable label={t`Rounds`}>
        <table className="rounds" data-testid="rounds">
          <caption className="visually-hidden">
            {t`Rounds of ${membership.federation}, newest first, and who was in each`}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t`round`}</th>
              {rounds.map((round) => (
                <RoundHead key={round.at} round={round} />
              ))}
            </tr>
          </thead>
          <tbody>
            {peers.map((peer) => (
              <tr key={peer}>
                <th scope="row">{peer}</th>
                {rounds.map((round) => (
                  <Place key={round.at} round={round} peer={peer} />
                ))}
              </tr>
            ))}
            <Figures
              title={t`believed of heard`}
              rounds={rounds}
              of={(round) => `${format.count(used(round))}/${format.count(round.peers.length)}`}
            />
            <Figures
              title={t`edges accepted`}
              rounds={rounds}
              of={({ accepted }) => format.count(accepted)}
            />
            <Figures
              title={t`contested`}
              rounds={rounds}
              of={({ contested }) => format.count(contested)}
            />
          </tbody>
        </table>
      </ScrollTable>
      <ul className="legend">
        <li>
          <Trans>
            <span className="place-used">●</span> believed
          </Trans>
        </li>
        <li>
          <Trans>
            <span className="place-out">✕</span> left out
          </Trans>
        </li>
        <li>{t`· not in it`}</li>
        <li>
          <Trans>
            late since the start: <strong>{format.count(membership.late)}</strong>
          </Trans>
        </li>
      </ul>
    </Panel>
  )
}
