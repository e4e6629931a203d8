import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Stream } from '../../api/streams'
import * as format from '../../format'
import { useRates } from '../../live/queries'
import { ScrollTable } from '../../ui/ScrollTable'
import { Sparkline } from '../../ui/Sparkline'
import { useNow } from '../../ui/useNow'
import { streamAddress } from '../addresses'
import { Actions } from './Actions'
import { definitionAddress } from './addresses'
import { COLUMNS, type ColumnName, flawsOf, type Listing } from './listing'
import { StateChip } from './StateChip'
import { useIsNarrow } from './useIsNarrow'

export const columnName = (column: ColumnName): string =>
  ({
    name: t`stream`,
    rate: t`rate`,
    records: t`records`,
    windows: t`windows`,
    variables: t`variables`,
    flaws: t`flaws`,
    late: t`late`,
    last: t`last record`,
    edges: t`edges`,
  })[column]

function Rate({ stream }: { stream: Stream }) {
  const rates = useRates(stream.id)
  return (
    <span className="stream-rate">
      {format.rate(stream.rate)}
      <Sparkline values={rates} label={t`Rate of ${stream.id} since this page was opened`} />
    </span>
  )
}

function Flaws({ stream }: { stream: Stream }) {
  const kinds = Object.entries(stream.flaws).filter(([, n]) => n > 0)
  if (kinds.length === 0) return <span className="quiet">0</span>
  return (
    <>
      {format.count(flawsOf(stream))}
      <small>{kinds.map(([kind, n]) => `${kind} ${format.count(n)}`).join(', ')}</small>
    </>
  )
}

function Name({ stream }: { stream: Stream }) {
  const { id, domain, origin, state } = stream
  return (
    <>
      <Link to={streamAddress(id)} className="stream-name">
        {id}
      </Link>
      <small className="stream-about">
        <StateChip state={state} />
        <Link to={definitionAddress(id)} className="stream-definition">
          {origin === 'explicit' ? t`defined` : t`inferred`}
          <span className="visually-hidden">{t`: the definition of ${id}`}</span>
        </Link>
        {domain && <span>{domain}</span>}
      </small>
    </>
  )
}

const CELL: Record<ColumnName, (stream: Stream, now: number) => ReactNode> = {
  name: (stream) => <Name stream={stream} />,
  rate: (stream) => <Rate stream={stream} />,
  records: ({ records }) => format.count(records),
  windows: ({ windows }) => format.count(windows),
  variables: ({ variables }) => <span title={variables.join(', ')}>{variables.length}</span>,
  flaws: (stream) => <Flaws stream={stream} />,
  late: ({ late }) => (late > 0 ? format.count(late) : <span className="quiet">0</span>),
  last: ({ last_record_at: at }, now) => <span title={at ?? ''}>{format.ago(at, now)}</span>,
  edges: ({ edges }) => format.count(edges),
}

interface Props {
  streams: readonly Stream[]
  listing: Listing
  onSort: (column: ColumnName) => void
}

function Head({ column, listing, onSort }: Omit<Props, 'streams'> & { column: ColumnName }) {
  const isSorted = listing.column === column
  const order = listing.descending ? 'descending' : 'ascending'
  return (
    <th scope="col" aria-sort={isSorted ? order : 'none'}>
      <button type="button" onClick={() => onSort(column)}>
        {columnName(column)}
        {isSorted && <span aria-hidden="true">{listing.descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  )
}

function Table({ streams, listing, onSort }: Props) {
  const now = useNow(2_000)
  const [, ...figures] = COLUMNS
  return (
    <ScrollTable label={t`Streams`}>
      <table className="streams-table" data-testid="streams">
        <caption className="visually-hidden">{t`Streams, and what has come of them`}</caption>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column} column={column} listing={listing} onSort={onSort} />
            ))}
            <th scope="col">
              <span className="visually-hidden">{t`what to do with it`}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <tr key={stream.id}>
              <th scope="row">{CELL.name(stream, now)}</th>
              {figures.map((column) => (
                <td key={column} className={`of-${column}`}>
                  {CELL[column](stream, now)}
                </td>
              ))}
              <td>
                <Actions stream={stream} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

function Cards({ streams }: { streams: readonly Stream[] }) {
  const now = useNow(2_000)
  const [, ...figures] = COLUMNS
  return (
    <ul className="stream-cards" data-testid="streams">
      {streams.map((stream) => (
        <li key={stream.id} className="panel">
          <h2>{CELL.name(stream, now)}</h2>
          <dl className="facts">
            {figures.map((column) => (
              <div key={column}>
                <dt>{columnName(column)}</dt>
                <dd>{CELL[column](stream, now)}</dd>
              </div>
            ))}
          </dl>
          <Actions stream={stream} />
        </li>
      ))}
    </ul>
  )
}

/** A table where there is room for it, else cards. */
export function StreamList(props: Props) {
  const isNarrow = useIsNarrow()
  if (isNarrow) return <Cards streams={props.streams} />
  return (
    <div className="panel">
      <Table {...props} />
      <p className="footnote quiet">
        <Trans>
          Rates are drawn since this page was opened. Flaws are values that could not be used; late
          records came behind their window.
        </Trans>
      </p>
    </div>
  )
}
