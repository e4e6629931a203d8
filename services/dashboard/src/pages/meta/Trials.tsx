import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Plural, Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Trial } from '../../api/meta'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { ACTIONS, byWhom, forgetting, halfLife, latest, stageInWords } from './words'

const SHOWN = 12

/** How far the rows of a stream prefer each half-life. */
function Preference({ trial }: { trial: Trial }) {
  const most = Math.max(...trial.half_lives.map(({ weight }) => weight), 1e-9)
  const said = format.list(
    trial.half_lives.map(({ steps, weight }) => `${halfLife(steps)} ${format.percent(weight)}`),
  )
  return (
    <span className="preference" role="img" aria-label={said} title={said}>
      {trial.half_lives.map(({ steps, weight }) => (
        <span
          key={steps}
          className={steps === trial.running ? 'preference-running' : ''}
          style={{ height: `${Math.max(6, (100 * weight) / most)}%` }}
        />
      ))}
    </span>
  )
}

function Now({ trials }: { trials: readonly Trial[] }) {
  return (
    <ul className="paths">
      {latest(trials).map((trial) => (
        <li key={trial.stream}>
          <span>
            <Link to={`/streams/${encodeURIComponent(trial.stream)}`}>{trial.stream}</Link>:{' '}
            <strong>{forgetting(trial.running)}</strong>
          </span>
          <small>
            {trial.stage.replace('-', ' ')}: {stageInWords(trial.stage)}
          </small>
        </li>
      ))}
    </ul>
  )
}

function Row({ trial }: { trial: Trial }) {
  const now = useNow(5_000)
  const { tone, text } = ACTIONS[trial.action]
  return (
    <tr>
      <td title={trial.at}>
        {format.clockTime(trial.at)}
        <small>{format.ago(trial.at, now)}</small>
      </td>
      <th scope="row">{trial.stream}</th>
      <td>
        <Chip tone={tone}>{i18n._(text)}</Chip>
        <small>{byWhom(trial)}</small>
      </td>
      <td>
        {halfLife(trial.trusted)} → {halfLife(trial.candidate)}
        <small>{t`runs with ${halfLife(trial.running)}`}</small>
      </td>
      <td>
        <Trans>
          {format.signed(trial.gain, 3)} nats a row
          <small>
            over <Plural value={trial.rows} one="# row" other="# rows" />; e-value of harm{' '}
            {format.figure(trial.e_value)}
          </small>
        </Trans>
      </td>
      <td>
        <Preference trial={trial} />
      </td>
      <td className="trial-why">{trial.why}</td>
    </tr>
  )
}

const heads = (): string[] => [
  t`when`,
  t`stream`,
  t`decided`,
  t`half-life`,
  t`evidence`,
  t`rows prefer`,
  t`why`,
]

function Decisions({ trials }: { trials: readonly Trial[] }) {
  const [all, setAll] = useState(false)
  return (
    <>
      <ScrollTable label={t`Decisions about trials`}>
        <table className="trials" data-testid="trials">
          <caption className="visually-hidden">
            {t`Decisions about half-lives on trial, newest first`}
          </caption>
          <thead>
            <tr>
              {heads().map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trials.slice(0, all ? trials.length : SHOWN).map((trial) => (
              <Row key={trial.id} trial={trial} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {trials.length > SHOWN && (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all
            ? t`Only the newest ${format.count(SHOWN)}`
            : t`All ${format.count(trials.length)} that are known`}
        </button>
      )}
    </>
  )
}

/** What was tried in the engines of streams, and what became of it. */
export function Trials({ trials }: { trials: readonly Trial[] }) {
  if (trials.length === 0) {
    return (
      <Panel title={t`Trials`}>
        <Empty title={t`Nothing has been tried yet.`}>
          <p>
            <Trans>
              Each engine learns from its own rows how fast to forget, and tries another half-life
              in shadow when they prefer one, once 2048 rows of its stream are known. To try one
              yourself, <code>POST /api/v1/streams/NAME/trials</code>.
            </Trans>
          </p>
        </Empty>
      </Panel>
    )
  }
  return (
    <>
      <Panel title={t`How fast streams forget now`}>
        <Now trials={trials} />
      </Panel>
      <Panel title={t`Trials`} aside={<small>{t`newest first`}</small>}>
        <Decisions trials={trials} />
      </Panel>
    </>
  )
}
