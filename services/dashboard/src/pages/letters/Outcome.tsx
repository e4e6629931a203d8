/** What became of a dead letter, or would. */
import type { DeadLetter, Rehearsed, Replayed } from '../../api/letters'
import * as format from '../../format'
import { Chip } from '../../ui/small'

export function became(replays: readonly Replayed[]): string {
  const sent = replays.filter(({ refused }) => refused === null).length
  if (sent > 0) return sent === 1 ? 'sent again' : `sent again ${format.count(sent)} times`
  return replays.length > 0 ? 'would be refused again' : 'waits'
}

export function Became({ letter }: { letter: DeadLetter }) {
  const said = became(letter.replays)
  if (said === 'waits') return <small>nothing yet</small>
  return <Chip tone={said.startsWith('sent') ? 'good' : 'warn'}>{said}</Chip>
}

/** Each time that somebody sent it again, or tried to. */
export function Story({ replays, now }: { replays: readonly Replayed[]; now: number }) {
  if (replays.length === 0) return <p className="quiet">Nobody has sent it again.</p>
  return (
    <ol className="story" data-testid="story">
      {replays.map((each) => (
        <li key={`${each.request} ${each.at}`}>
          {each.refused === null ? '✓' : '✕'} {each.by},{' '}
          <span title={each.at}>{format.ago(each.at, now)}</span>
          {each.edited ? ', edited' : ', as it was'}, as {each.key}
          {each.refused !== null && <small>not sent: {each.refused}</small>}
        </li>
      ))}
    </ol>
  )
}

/** Whether it would be accepted now. */
export function Verdict({ said }: { said: Rehearsed }) {
  const flaws = Object.entries(said.flaws)
  if (!said.accepted) {
    return (
      <p role="status" className="notice notice-bad">
        <span>
          <strong>It would be refused again</strong> ({said.reason}): {said.message}
        </span>
      </p>
    )
  }
  return (
    <p role="status" className="notice notice-good">
      <span>
        <strong>It would be accepted now.</strong>
        {flaws.length > 0 &&
          ` Missing would be ${flaws.map(([name, why]) => `${name} (${why})`).join(', ')}.`}
      </span>
    </p>
  )
}
