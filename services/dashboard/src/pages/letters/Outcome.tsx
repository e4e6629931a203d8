/** What became of a dead letter, or would. */
import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { DeadLetter, Rehearsed, Replayed } from '../../api/letters'
import * as format from '../../format'
import { Chip, type Tone } from '../../ui/small'

export function became(replays: readonly Replayed[]): { tone: Tone; text: string } | null {
  const sent = replays.filter(({ refused }) => refused === null).length
  if (sent > 0) {
    const text = plural(sent, {
      1: 'sent again',
      other: 'sent again # times',
    })
    return { tone: 'good', text }
  }
  return replays.length > 0 ? { tone: 'warn', text: t`would be refused again` } : null
}

export function Became({ letter }: { letter: DeadLetter }) {
  const said = became(letter.replays)
  if (!said) return <small>{t`nothing yet`}</small>
  return <Chip tone={said.tone}>{said.text}</Chip>
}

/** Who sent it again, and how. */
function How({ of, now }: { of: Replayed; now: number }) {
  const when = <span title={of.at}>{format.ago(of.at, now)}</span>
  if (of.edited) {
    return (
      <Trans>
        {of.by}, {when}, edited, as {of.key}
      </Trans>
    )
  }
  return (
    <Trans>
      {of.by}, {when}, as it was, as {of.key}
    </Trans>
  )
}

/** Each time that somebody sent it again, or tried to. */
export function Story({ replays, now }: { replays: readonly Replayed[]; now: number }) {
  if (replays.length === 0) return <p className="quiet">{t`Nobody has sent it again.`}</p>
  return (
    <ol className="story" data-testid="story">
      {replays.map((each) => (
        <li key={`${each.request} ${each.at}`}>
          {each.refused === null ? '✓' : '✕'} <How of={each} now={now} />
          {each.refused !== null && <small>{t`not sent: ${each.refused}`}</small>}
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
          <Trans>
            <strong>It would be refused again</strong> ({said.reason}): {said.message}
          </Trans>
        </span>
      </p>
    )
  }
  return (
    <p role="status" className="notice notice-good">
      <span>
        <strong>{t`It would be accepted now.`}</strong>{' '}
        {flaws.length > 0 &&
          t`Missing would be ${format.list(flaws.map(([name, why]) => `${name} (${why})`))}.`}
      </span>
    </p>
  )
}
