import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Link } from 'react-router'
import type { Stream } from '../../api/streams'
import { useRefusal } from '../../app/session'
import { useTitle } from '../../app/useTitle'
import { codeName } from '../../codes'
import { useStreams } from '../../live/queries'
import { Choice } from '../../ui/Choice'
import { TextField } from '../../ui/fields'
import { Panel } from '../../ui/small'
import { Empty, Loaded, Refused } from '../../ui/states'
import { useAddress } from '../../ui/useAddress'
import { NEW_STREAM, uploadAddress } from './addresses'
import { HowToSend } from './HowToSend'
import { COLUMNS, isFiltered, type Listing, listed, readListing, sortBy } from './listing'
import { columnName, StreamList } from './StreamList'
import { useIsNarrow } from './useIsNarrow'
import '../../styles/log.css'
import '../../styles/components.css'
import '../../styles/streams.css'

type Change = (change: Record<string, string | null>) => void

/** Where there are no heads of columns to press. */
function Order({ listing, onChange }: { listing: Listing; onChange: Change }) {
  const options = COLUMNS.map((column) => ({
    value: column === 'name' ? 'name' : `-${column}`,
    label: columnName(column),
  }))
  const value = `${listing.descending ? '-' : ''}${listing.column}`
  return (
    <Choice
      label={t`Order by`}
      value={value}
      options={options}
      onChange={(sort) => onChange({ sort: sort === 'name' ? null : sort })}
    />
  )
}

function Filters({ listing, onChange }: { listing: Listing; onChange: Change }) {
  const isNarrow = useIsNarrow()
  return (
    <search className="filters" aria-label={t`Filters`}>
      <TextField
        label={t`Find`}
        value={listing.text || null}
        placeholder={t`name or variable`}
        onChange={(q) => onChange({ q })}
      />
      <Choice
        label={t`State`}
        value={listing.state ?? ''}
        options={[
          { value: '', label: t`all` },
          { value: 'running', label: codeName('running') },
          { value: 'paused', label: codeName('paused') },
        ]}
        onChange={(state) => onChange({ state })}
      />
      <label className="filter check">
        <input
          type="checkbox"
          checked={listing.flawed}
          onChange={(event) => onChange({ flawed: event.target.checked ? '1' : null })}
        />
        {t`With flaws or late records`}
      </label>
      {isNarrow && <Order listing={listing} onChange={onChange} />}
      {isFiltered(listing) && (
        <button
          type="button"
          className="link"
          onClick={() => onChange({ q: null, state: null, flawed: null })}
        >
          {t`All streams`}
        </button>
      )}
    </search>
  )
}

function Known({ streams }: { streams: readonly Stream[] }) {
  const [params, change] = useAddress()
  const listing = readListing(params)
  const shown = listed(streams, listing)
  return (
    <>
      <Filters listing={listing} onChange={change} />
      <p className="quiet" role="status">
        {shown.length === streams.length
          ? t`${plural(streams.length, { one: '# stream', other: '# streams' })}`
          : t`${shown.length} of ${plural(streams.length, { one: '# stream', other: '# streams' })}`}
      </p>
      {shown.length === 0 ? (
        <Empty title={t`No stream matches.`} />
      ) : (
        <StreamList
          streams={shown}
          listing={listing}
          onSort={(column) => change({ sort: sortBy(listing, column) })}
        />
      )}
      <details className="panel how-to-more">
        <summary>{t`How to send records`}</summary>
        <HowToSend />
      </details>
    </>
  )
}

export function StreamsPage() {
  useTitle(t`Streams`)
  const streams = useStreams()
  const whyNotPause = useRefusal({ role: 'operator', what: t`Sending records or pausing a stream` })
  const whyNotForget = useRefusal({ role: 'admin', what: t`Forgetting a stream` })
  return (
    <div className="plain-page">
      <header className="page-head">
        <h1>
          <Trans>Streams</Trans>
        </h1>
        <div className="form-end streams-new">
          <Link className="button button-primary" to={uploadAddress()}>
            {t`Upload a file`}
          </Link>
          <Link className="button" to={NEW_STREAM}>
            {t`Define a stream`}
          </Link>
        </div>
      </header>
      <p className="quiet">
        <Trans>Where data come in: one stream for each thing that is measured together.</Trans>
      </p>
      <Refused why={whyNotPause ?? whyNotForget} />
      <Loaded query={streams}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel title={t`No stream yet`}>
              <HowToSend />
            </Panel>
          ) : (
            <Known streams={items as Stream[]} />
          )
        }
      </Loaded>
    </div>
  )
}
