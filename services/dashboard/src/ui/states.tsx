/** What a part of the page shows while it has nothing: loading, failed, or honestly empty. */
import { t } from '@lingui/core/macro'
import type { ReactNode } from 'react'
import { isForbidden } from '../api/problems'

export function Skeleton({ lines = 3, tall = false }: { lines?: number; tall?: boolean }) {
  const rows = Array.from({ length: lines }, (_, i) => i)
  return (
    <div className="skeleton" role="status" aria-label={t`Loading`}>
      {rows.map((row) => (
        <span key={row} className={tall ? 'skeleton-tall' : ''} />
      ))}
    </div>
  )
}

/** What somebody may not do or see, and why: no failure, and no use in trying again. */
export function Refused({ why }: { why: string | null }) {
  return why && <p className="why-not">{why}</p>
}

export function Failure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (isForbidden(error)) return <Refused why={error.message} />
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <strong>{t`This could not be loaded.`}</strong> {error.message}
      </p>
      <button type="button" className="button" onClick={onRetry}>
        {t`Try again`}
      </button>
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}

interface Loadable<T> {
  data: T | undefined
  error: Error | null
  refetch: () => unknown
}

/** Data if there is any (also while a refetch fails), else the failure, else a skeleton. */
export function Loaded<T>(props: {
  query: Loadable<T>
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query, skeleton, children } = props
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure error={query.error} onRetry={() => query.refetch()} />
  return skeleton ?? <Skeleton />
}
