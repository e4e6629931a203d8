/** What the columns of a file are, guessed from its first rows, and a row as a record. Pure. */
import {
  type Decimal,
  isMissing,
  readTime,
  readValue,
  TIME_FORMATS,
  type TimeFormat,
  type Zone,
} from './cells'

export type RoleOf = 'time' | 'variable' | 'out'

export interface Column {
  role: RoleOf
  /** What the variable is called. */
  name: string
}

export interface Mapping {
  hasHeader: boolean
  decimal: Decimal
  columns: Column[]
  timeFormat: TimeFormat
  zone: Zone
}

/** What the first rows hold in a column. */
export interface Found {
  numbers: number
  missing: number
  /** Cells that are neither, and so would count as missing with a flaw. */
  others: number
  /** The first of them. */
  example: string | null
}

const TIME_NAMES: ReadonlySet<string> = new Set(['ts', 'time', 'timestamp', 'date', 'datetime'])
const LONGEST_NAME = 256
/** Of numbers that may be times: from 2001 to 2099. */
const FIRST_SECOND = 1e9
const LAST_SECOND = 4.1e9
/** The share of a column's times that must be alike. */
const MOSTLY = 0.8
/** How many make a second. */
const ERAS: readonly [TimeFormat, number][] = [
  ['s', 1],
  ['ms', 1e3],
  ['us', 1e6],
]

export function found(cells: readonly string[], decimal: Decimal): Found {
  const others = cells.filter((cell) => readValue(cell, decimal) === undefined)
  const missing = cells.filter(isMissing).length
  return {
    numbers: cells.length - missing - others.length,
    missing,
    others: others.length,
    example: others[0] ?? null,
  }
}

export const cellsOf = (rows: readonly string[][], column: number): string[] =>
  rows.map((row) => row[column] ?? '')

/** A decimal comma, where cells have one that the point does not explain. */
export function decimalOf(rows: readonly string[][]): Decimal {
  const cells = rows.flat()
  const count = (decimal: Decimal) =>
    cells.filter((cell) => typeof readValue(cell, decimal) === 'number').length
  const hasFraction = cells.some((cell) => /^\s*[+-]?\d+,\d+\s*$/.test(cell))
  return hasFraction && count(',') >= count('.') ? ',' : '.'
}

/** Names are no numbers, none is empty but the first, and no two are alike. */
export function hasHeader(rows: readonly string[][], decimal: Decimal): boolean {
  const [first = []] = rows
  const names = first.map((cell) => cell.trim())
  const isNamed = names.every((name, i) =>
    name === '' ? i === 0 : typeof readValue(name, decimal) !== 'number',
  )
  return isNamed && names.every((name) => timeFormatOf([name]) === null)
}

/** How times are written, where most of those that are there are written the same way. */
export function timeFormatOf(cells: readonly string[]): TimeFormat | null {
  const there = cells.filter((cell) => !isMissing(cell))
  const [best] = TIME_FORMATS.map((format) => ({
    format,
    read: there.filter((cell) => isTime(cell, format)).length,
  })).sort((a, b) => b.read - a.read)
  return best && best.read > 0 && best.read >= MOSTLY * there.length ? best.format : null
}

/** Whether a cell reads as a time of our days. */
function isTime(cell: string, format: TimeFormat): boolean {
  const era = ERAS.find(([unit]) => unit === format)
  if (!era) return readTime(cell, format, 'utc') !== null
  const seconds = Number(cell) / era[1]
  return seconds > FIRST_SECOND && seconds < LAST_SECOND
}

/** The column of the time: one that is called so and reads so, else the first that reads so. */
function timeColumn(names: readonly string[], rows: readonly string[][]): number {
  const reads = names.map((_, i) => timeFormatOf(cellsOf(rows, i)) !== null)
  const called = names.findIndex((name, i) => reads[i] && TIME_NAMES.has(name.toLowerCase()))
  return called >= 0 ? called : reads.indexOf(true)
}

function roleOf(name: string, found: Found): RoleOf {
  if (name === '') return 'out'
  return found.others > found.numbers ? 'out' : 'variable'
}

export const widthOf = (rows: readonly string[][]): number =>
  Math.max(0, ...rows.map((row) => row.length))

/** What a file most likely means. */
export function guessed(rows: readonly string[][], given: Partial<Mapping> = {}): Mapping {
  const decimal = given.decimal ?? decimalOf(rows)
  const header = given.hasHeader ?? hasHeader(rows, decimal)
  const body = header ? rows.slice(1) : rows
  const width = header ? (rows[0]?.length ?? 0) : widthOf(rows)
  const names = Array.from({ length: width }, (_, i) =>
    header ? (rows[0]?.[i]?.trim() ?? '') : `x${i}`,
  )
  const time = timeColumn(names, body)
  const columns = names.map((name, i): Column => {
    const role = i === time ? 'time' : roleOf(name, found(cellsOf(body, i), decimal))
    return { role, name }
  })
  return {
    hasHeader: header,
    decimal,
    columns,
    timeFormat: timeFormatOf(cellsOf(body, time)) ?? 'iso',
    zone: given.zone ?? 'utc',
  }
}

export type Wrong = 'nameless' | 'too-long' | 'twice' | 'no-variable' | 'two-times'

/** What keeps a mapping from being used, by column; -1 is about none in particular. */
export function faults({ columns }: Mapping): Map<number, Wrong> {
  const wrong = new Map<number, Wrong>()
  const used = columns.filter(({ role }) => role === 'variable')
  const times = columns.filter(({ role }) => role === 'time').length
  columns.forEach(({ role, name }, i) => {
    if (role !== 'variable') return
    if (name.trim() === '') wrong.set(i, 'nameless')
    else if (name.length > LONGEST_NAME) wrong.set(i, 'too-long')
    else if (used.filter((other) => other.name === name).length > 1) wrong.set(i, 'twice')
  })
  if (times > 1) wrong.set(-1, 'two-times')
  if (used.length === 0) wrong.set(-1, 'no-variable')
  return wrong
}

/** A row of the file as a line that the gateway reads; null where its cells do not fit. */
export function lineOf(row: readonly string[], mapping: Mapping): string | null {
  const { columns, decimal, timeFormat, zone } = mapping
  if (row.length !== columns.length) return null
  const values: Record<string, number | boolean | string | null> = {}
  let ts: string | number | undefined
  columns.forEach(({ role, name }, i) => {
    const cell = row[i] ?? ''
    // What cannot be read is sent as it is: the gateway refuses it, and says why.
    if (role === 'time') ts = readTime(cell, timeFormat, zone) ?? cell.trim()
    if (role === 'variable')
      values[name.trim()] = readValue(cell, decimal) ?? (isMissing(cell) ? null : cell.trim())
  })
  return JSON.stringify(ts === undefined ? { values } : { ts, values })
}
