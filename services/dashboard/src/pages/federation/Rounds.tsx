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
        <span className="visually-hidden">not in it</span>
      </td>
    )
  }
  const said = one.is_used ? 'believed' : `left out: ${whyLeftOut(one.reason)}`
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
        <span className="visually-hidden">{outcome.text}</span>
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
    <Panel title="Rounds" aside={<small>newest first; a quorum is {membership.quorum}</small>}>
      <ScrollTable label="Rounds">
        <table className="rounds" data-testid="rounds">
          <caption className="visually-hidden">
            Rounds of {membership.federation}, newest first, and who was in each
          </caption>
          <thead>
            <tr>
              <th scope="col">round</th>
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
              title="believed of heard"
              rounds={rounds}
              of={(round) => `${used(round)}/${round.peers.length}`}
            />
            <Figures title="edges accepted" rounds={rounds} of={({ accepted }) => `${accepted}`} />
            <Figures title="contested" rounds={rounds} of={({ contested }) => `${contested}`} />
          </tbody>
        </table>
      </ScrollTable>
      <ul className="legend">
        <li>
          <span className="place-used">●</span> believed
        </li>
        <li>
          <span className="place-out">✕</span> left out
        </li>
        <li>· not in it</li>
        <li>
          late since the start: <strong>{format.count(membership.late)}</strong>
        </li>
      </ul>
    </Panel>
  )
}
