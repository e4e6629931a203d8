/** The end of a long list: older items, or that there are none. */
import { t } from '@lingui/core/macro'
export function Older(props: {
  label: string
  hasNextPage: boolean
  isFetchingNextPage: boolean
  error: Error | null
  fetchNextPage: () => unknown
}) {
  const { label, hasNextPage, isFetchingNextPage, error, fetchNextPage } = props
  return (
    <div className="older">
      {hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {isFetchingNextPage ? t`Asking…` : label}
        </button>
      )}
      {error && (
        <p role="alert" className="contrary">
          {error.message}
        </p>
      )}
    </div>
  )
}
