/** Which column is what, and the first rows as they would be sent. */
import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useId } from 'react'
import * as format from '../../../format'
import { Choice } from '../../../ui/Choice'
import { ScrollTable } from '../../../ui/ScrollTable'
import { Chip, Panel } from '../../../ui/small'
import { isMissing, readTime, readValue, TIME_FORMATS, type TimeFormat } from './cells'
import {
  type Column,
  cellsOf,
  type Found,
  faults,
  found,
  type Mapping,
  type RoleOf,
} from './mapping'
import type { Opened } from './opening'
import { isWritten, roleName, timeFormatName, wrongInWords } from './words'

const ROLES: readonly RoleOf[] = ['variable', 'time', 'out']
const SHOWN_ROWS = 8

interface ColumnProps {
  column: Column
  at: number
  header: string
  found: Found
  /** Times that cannot be read in the chosen form. */
  unreadable: number
  wrong: string | null
  onChange: (change: Partial<Column>) => void
}

function Holds({ column, found: { numbers, missing, others, example }, unreadable }: ColumnProps) {
  if (column.role === 'time') {
    if (unreadable === 0) return <Chip tone="good">{t`all can be read`}</Chip>
    return (
      <Chip tone="bad">
        {t`${plural(unreadable, { one: '# time', other: '# times' })} cannot be read`}
      </Chip>
    )
  }
  return (
    <>
      {plural(numbers, { one: '# number', other: '# numbers' })}
      {missing > 0 && <small>{t`${format.count(missing)} missing`}</small>}
      {others > 0 && (
        <small className={column.role === 'variable' ? 'contrary' : ''}>
          {t`${format.count(others)} no number, such as “${example?.slice(0, 24) ?? ''}”`}
        </small>
      )}
    </>
  )
}

function ColumnRow(props: ColumnProps) {
  const { column, at, header, wrong, onChange } = props
  const id = useId()
  const shown = header || t`column ${at + 1}`
  return (
    <tr className={column.role === 'out' ? 'column-out' : ''}>
      <th scope="row" className="wrapping">
        {shown}
      </th>
      <td>
        <select
          aria-label={t`${shown} is`}
          value={column.role}
          onChange={(event) => onChange({ role: event.target.value as RoleOf })}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {roleName(role)}
            </option>
          ))}
        </select>
      </td>
      <td className="field">
        {column.role === 'variable' ? (
          <>
            <input
              type="text"
              aria-label={t`${shown} is called`}
              aria-invalid={wrong !== null}
              aria-describedby={wrong ? id : undefined}
              autoComplete="off"
              spellCheck={false}
              value={column.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
            {wrong && (
              <small id={id} className="field-problem">
                ✕ {wrong}
              </small>
            )}
          </>
        ) : (
          <span className="quiet">–</span>
        )}
      </td>
      <td>
        <Holds {...props} />
      </td>
    </tr>
  )
}

interface Props {
  opened: Opened
  onMapping: (change: Partial<Mapping>) => void
}

function TimeChoice({ opened: { mapping }, onMapping }: Props) {
  const { columns, timeFormat, zone } = mapping
  if (!columns.some(({ role }) => role === 'time')) {
    return (
      <p className="quiet">
        {t`No column is the time: the moment when a record arrives counts. Rows keep their order.`}
      </p>
    )
  }
  return (
    <search className="filters" aria-label={t`How the time is written`}>
      <Choice
        label={t`The time is written as`}
        value={timeFormat}
        options={TIME_FORMATS.map((value) => ({ value, label: timeFormatName(value) }))}
        onChange={(value) => onMapping({ timeFormat: value as TimeFormat })}
      />
      {isWritten(timeFormat) && (
        <Choice
          label={t`Without a zone it is`}
          value={zone}
          options={[
            { value: 'utc', label: 'UTC' },
            { value: 'here', label: Intl.DateTimeFormat().resolvedOptions().timeZone },
          ]}
          onChange={(value) => onMapping({ zone: value === 'here' ? 'here' : 'utc' })}
        />
      )}
    </search>
  )
}

const bodyOf = ({ rows, mapping }: Opened): string[][] => (mapping.hasHeader ? rows.slice(1) : rows)

function Cell({ cell, column, mapping }: { cell: string; column: Column; mapping: Mapping }) {
  if (column.role === 'time') {
    const time = readTime(cell, mapping.timeFormat, mapping.zone)
    if (time === null) return <span className="contrary">✕ {cell}</span>
    return typeof time === 'number' ? new Date(time).toISOString() : time
  }
  if (column.role === 'out') return <span className="quiet">{cell}</span>
  if (isMissing(cell)) return <span className="quiet">{t`missing`}</span>
  const value = readValue(cell, mapping.decimal)
  return value === undefined ? <span className="contrary">✕ {cell}</span> : String(value)
}

function Preview({ opened }: { opened: Opened }) {
  const { mapping } = opened
  const rows = bodyOf(opened).slice(0, SHOWN_ROWS)
  const head = ({ role, name }: Column) => (role === 'variable' ? name : roleName(role))
  return (
    <ScrollTable label={t`The first rows`}>
      <table className="preview" data-testid="preview">
        <caption className="visually-hidden">{t`The first rows, as they would be sent`}</caption>
        <thead>
          <tr>
            <th scope="col">{t`row`}</th>
            {mapping.columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={at} scope="col" className={`preview-${column.role}`}>
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={i}>
              <th scope="row">{i + (mapping.hasHeader ? 2 : 1)}</th>
              {mapping.columns.map((column, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <td key={at} className={`preview-${column.role}`}>
                  <Cell cell={row[at] ?? ''} column={column} mapping={mapping} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

export function Columns({ opened, onMapping }: Props) {
  const { rows, mapping } = opened
  const body = bodyOf(opened)
  const wrong = faults(mapping)
  const atAll = wrong.get(-1)
  const misfits = body.filter(({ length }) => length !== mapping.columns.length).length
  const change = (at: number, next: Partial<Column>) => {
    const column = { ...(mapping.columns[at] as Column), ...next }
    onMapping({ columns: mapping.columns.with(at, column) })
  }
  return (
    <Panel
      title={t`What the columns are`}
      aside={
        <small>
          {t`as the first ${plural(body.length, { one: '# row', other: '# rows' })} look`}
        </small>
      }
    >
      <TimeChoice opened={opened} onMapping={onMapping} />
      <ScrollTable label={t`Columns`}>
        <table className="columns" data-testid="columns">
          <thead>
            <tr>
              <th scope="col">{t`column`}</th>
              <th scope="col">{t`is`}</th>
              <th scope="col">{t`called`}</th>
              <th scope="col">{t`holds`}</th>
            </tr>
          </thead>
          <tbody>
            {mapping.columns.map((column, at) => {
              const cells = cellsOf(body, at)
              const fault = wrong.get(at)
              return (
                <ColumnRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                  key={at}
                  at={at}
                  column={column}
                  header={mapping.hasHeader ? (rows[0]?.[at]?.trim() ?? '') : ''}
                  found={found(cells, mapping.decimal)}
                  unreadable={
                    cells.filter(
                      (cell) => readTime(cell, mapping.timeFormat, mapping.zone) === null,
                    ).length
                  }
                  wrong={fault ? wrongInWords(fault) : null}
                  onChange={(next) => change(at, next)}
                />
              )
            })}
          </tbody>
        </table>
      </ScrollTable>
      {atAll && (
        <p className="contrary" role="alert">
          {wrongInWords(atAll)}
        </p>
      )}
      {misfits > 0 && (
        <p className="contrary">
          {t`${plural(misfits, { one: '# row has', other: '# rows have' })} another number of cells; such rows are rejected, and listed.`}
        </p>
      )}
      <h3 className="preview-title">
        <Trans>The first rows, as they would be sent</Trans>
      </h3>
      <Preview opened={opened} />
    </Panel>
  )
}
