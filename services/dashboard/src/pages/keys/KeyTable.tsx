import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Key } from '../../api/keys'
import { roleName } from '../../app/access'
import { useApi } from '../../app/session'
import * as format from '../../format'
import { keys } from '../../live/queries'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip } from '../../ui/small'
import { useNow } from '../../ui/useNow'

/** Revokes a key, after one more question. */
function Revoke({ of }: { of: Key }) {
  const api = useApi()
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  const revoke = useMutation({
    mutationFn: () => api.revoke(of.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
  if (!asked) {
    return (
      <button type="button" className="button" onClick={() => setAsked(true)}>
        <Trans>
          Revoke<span className="visually-hidden"> {of.name}</span>…
        </Trans>
      </button>
    )
  }
  return (
    <span className="form-end">
      <button
        type="button"
        className="button button-bad"
        disabled={revoke.isPending}
        onClick={() => revoke.mutate()}
      >
        {t`Revoke ${of.name} for good`}
      </button>
      <button type="button" className="button" onClick={() => setAsked(false)}>
        {t`Cancel`}
      </button>
      {revoke.error && <small role="alert">{revoke.error.message}</small>}
    </span>
  )
}

function Ends({ of, now }: { of: Key; now: number }) {
  if (of.expires_at === null) return t`when revoked`
  if (of.is_expired) return <Chip tone="warn">{t`is over`}</Chip>
  return t`in ${format.left(of.expires_at, now)}`
}

function Row({ of, now }: { of: Key; now: number }) {
  return (
    <tr>
      <th scope="row">
        {of.name}
        <small>
          <code>{of.id}</code>
        </small>
      </th>
      <td>
        <Chip>{roleName(of.role)}</Chip>
      </td>
      <td className="wrapping">{of.streams.length > 0 ? format.list(of.streams) : t`all`}</td>
      <td title={of.expires_at ?? ''}>
        <Ends of={of} now={now} />
      </td>
      <td title={of.issued_at}>
        {format.ago(of.issued_at, now)}
        <small>{t`by ${of.issued_by}`}</small>
      </td>
      <td>{of.used_at ? format.ago(of.used_at, now) : '–'}</td>
      <td>
        <Revoke of={of} />
      </td>
    </tr>
  )
}

const heads = (): string[] => [t`name`, t`role`, t`streams`, t`ends`, t`made`, t`last used here`]

export function KeyTable({ items }: { items: readonly Key[] }) {
  const now = useNow(5_000)
  return (
    <ScrollTable label={t`Keys`}>
      <table data-testid="keys">
        <caption className="visually-hidden">{t`Keys that are not revoked, oldest first`}</caption>
        <thead>
          <tr>
            {heads().map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{t`revoke`}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((key) => (
            <Row key={key.id} of={key} now={now} />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}
