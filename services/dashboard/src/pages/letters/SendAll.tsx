import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { Sent } from '../../api/letters'
import { useApi } from '../../app/session'
import * as format from '../../format'
import { keys } from '../../live/queries'
import { newKey } from '../components/words'

const USUAL = 100
const MOST = 500

function Result({ sent }: { sent: Sent }) {
  const left = sent.letters.filter(({ refused }) => refused !== null)
  const count = plural(sent.sent, { one: '# letter', other: '# letters' })
  return (
    <div role="status" className={`notice notice-${sent.sent > 0 ? 'good' : 'bad'}`}>
      <p>
        {left.length > 0
          ? t`${count} sent again, ${format.count(left.length)} left: they would be refused once more.`
          : t`${count} sent again.`}{' '}
        {sent.letters.length === 0 && t`None of them was still to be sent.`}
      </p>
      {left.length > 0 && (
        <details>
          <summary>{t`Which were left, and why`}</summary>
          <ul className="story">
            {left.map(({ letter, refused }) => (
              <li key={letter}>
                <code>{letter}</code> <small>{refused}</small>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** Sends the oldest of a reason that never were sent again, after one more question. */
export function SendAll({ reason }: { reason: string }) {
  const api = useApi()
  const client = useQueryClient()
  const id = useId()
  const [limit, setLimit] = useState(USUAL)
  const [asked, setAsked] = useState<string | null>(null)
  const send = useMutation({
    mutationFn: (key: string) => api.replayAll(reason, limit, key),
    onSuccess: () => {
      setAsked(null)
      return Promise.all([
        client.invalidateQueries({ queryKey: keys.letterLog }),
        client.invalidateQueries({ queryKey: keys.letters }),
      ])
    },
  })
  const isFit = Number.isInteger(limit) && limit >= 1 && limit <= MOST
  return (
    <section className="panel send-all" aria-label={t`Send all ${reason} again`}>
      <div className="form-end">
        <label htmlFor={id}>{t`Send the oldest`}</label>
        <input
          id={id}
          type="number"
          min={1}
          max={MOST}
          value={Number.isNaN(limit) ? '' : limit}
          aria-invalid={!isFit}
          onChange={(event) => setLimit(event.target.valueAsNumber)}
        />
        <span>
          <Trans>
            refused as <code>{reason}</code> again, of those that never were.
          </Trans>
        </span>
        {asked === null ? (
          <button
            type="button"
            className="button"
            disabled={!isFit}
            onClick={() => {
              send.reset()
              setAsked(newKey())
            }}
          >
            {t`Send them again…`}
          </button>
        ) : (
          <>
            <button
              type="button"
              className="button button-primary"
              disabled={send.isPending || !isFit}
              onClick={() => send.mutate(asked)}
            >
              {send.isPending ? t`Sending…` : t`Send up to ${format.count(limit)}`}
            </button>
            <button type="button" className="button" onClick={() => setAsked(null)}>
              {t`Cancel`}
            </button>
          </>
        )}
      </div>
      <p className="quiet">
        {t`Each is judged first, and what would be refused once more is left. What fits goes out as records that come now: all of it, or nothing.`}
      </p>
      {send.data && <Result sent={send.data} />}
      {send.error && (
        <p role="alert" className="contrary">
          {send.error.message}
        </p>
      )}
    </section>
  )
}
