/** The end of a long list: older items, or that there are none. */
export function Older(props: {
  what: string
  hasNextPage: boolean
  isFetchingNextPage: boolean
  error: Error | null
  fetchNextPage: () => unknown
}) {
  const { what, hasNextPage, isFetchingNextPage, error, fetchNextPage } = props
  return (
    <div className="older">
      {hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {isFetchingNextPage ? 'Asking…' : `Older ${what}`}
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
