import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Key } from '../../api/keys'
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
        Revoke<span className="visually-hidden"> {of.name}</span>…
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
        Revoke {of.name} for good
      </button>
      <button type="button" className="button" onClick={() => setAsked(false)}>
        Cancel
      </button>
      {revoke.error && <small role="alert">{revoke.error.message}</small>}
    </span>
  )
}

function Ends({ of, now }: { of: Key; now: number }) {
  if (of.expires_at === null) return 'when revoked'
  if (of.is_expired) return <Chip tone="warn">is over</Chip>
  return `in ${format.left(of.expires_at, now)}`
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
        <Chip>{of.role}</Chip>
      </td>
      <td className="wrapping">{of.streams.length > 0 ? of.streams.join(', ') : 'all'}</td>
      <td title={of.expires_at ?? ''}>
        <Ends of={of} now={now} />
      </td>
      <td title={of.issued_at}>
        {format.ago(of.issued_at, now)}
        <small>by {of.issued_by}</small>
      </td>
      <td>{of.used_at ? format.ago(of.used_at, now) : '–'}</td>
      <td>
        <Revoke of={of} />
      </td>
    </tr>
  )
}

const HEADS = ['name', 'role', 'streams', 'ends', 'made', 'last used here']

export function KeyTable({ items }: { items: readonly Key[] }) {
  const now = useNow(5_000)
  return (
    <ScrollTable label="Keys">
      <table data-testid="keys">
        <caption className="visually-hidden">Keys that are not revoked, oldest first</caption>
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">revoke</span>
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
