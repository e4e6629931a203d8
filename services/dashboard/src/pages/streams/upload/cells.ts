/** What a cell of a file means: a number, a time, or nothing. Pure. */

export type Decimal = '.' | ','

export type TimeFormat = 'iso' | 's' | 'ms' | 'us' | 'dmy' | 'mdy' | 'ymd'

export const TIME_FORMATS: readonly TimeFormat[] = ['iso', 's', 'ms', 'us', 'dmy', 'mdy', 'ymd']

/** Whose clock a time without a zone is of. */
export type Zone = 'utc' | 'here'

const MISSING: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '–'])
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const GROUPED = { '.': /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/, ',': /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/ }
const BOOLEANS: Record<string, boolean> = { true: true, false: false }

export const isMissing = (cell: string): boolean => MISSING.has(cell.trim().toLowerCase())

/** The number or truth value of a cell; null where it is missing, undefined where it is neither. */
export function readValue(cell: string, decimal: Decimal): number | boolean | null | undefined {
  const text = cell.trim()
  if (isMissing(text)) return null
  const plain = GROUPED[decimal].test(text)
    ? text.replaceAll(decimal === '.' ? ',' : '.', '')
    : text
  const dotted = decimal === ',' ? plain.replace(',', '.') : plain
  if (decimal === ',' && plain.includes('.')) return BOOLEANS[text.toLowerCase()]
  return PLAIN.test(dotted) ? Number(dotted) : BOOLEANS[text.toLowerCase()]
}

/** Seconds and their parts behind a date; nothing is midnight. */
const CLOCK = String.raw`(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?`
const ORDERS: Record<'dmy' | 'mdy' | 'ymd', [RegExp, [y: number, m: number, d: number]]> = {
  dmy: [new RegExp(String.raw`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})${CLOCK}$`), [3, 2, 1]],
  mdy: [new RegExp(String.raw`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})${CLOCK}$`), [3, 1, 2]],
  ymd: [new RegExp(String.raw`^(\d{4})[./-](\d{1,2})[./-](\d{1,2})${CLOCK}$`), [1, 2, 3]],
}
const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?( ?Z| ?[+-]\d{2}:?\d{2})?$/i
const ZONED = /(Z|[+-]\d{2}:?\d{2})$/i
const PER_MS: Record<'s' | 'ms' | 'us', number> = { s: 1000, ms: 1, us: 0.001 }

/** Milliseconds since the epoch; null where there is no such day or hour. */
function moment(parts: readonly number[], zone: Zone): number | null {
  const [y = 0, m = 0, d = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts
  if (m < 1 || m > 12 || d < 1 || hour > 23 || minute > 59 || second > 59) return null
  if (d > new Date(Date.UTC(y, m, 0)).getUTCDate()) return null
  if (zone === 'utc') return Date.UTC(y, m - 1, d, hour, minute, second, ms)
  return new Date(y, m - 1, d, hour, minute, second, ms).getTime()
}

function ordered(text: string, order: 'dmy' | 'mdy' | 'ymd', zone: Zone): number | null {
  const [form, places] = ORDERS[order]
  const found = form.exec(text)
  if (!found) return null
  const date = places.map((place) => Number(found[place]))
  const clock = [4, 5, 6].map((place) => Number(found[place] ?? 0))
  return moment([...date, ...clock, Number(`0.${found[7] ?? 0}`) * 1000], zone)
}

function iso(text: string, zone: Zone): string | number | null {
  if (!ISO.test(text)) return null
  // The gateway reads it to the microsecond, and as UTC where it says no zone.
  if (zone === 'utc' || ZONED.test(text.slice(10))) return text.replace(/ (?=[Z+-])/i, '')
  return ordered(text, 'ymd', zone)
}

/** The time of a cell as a record says it: text, or milliseconds since the epoch; else null. */
export function readTime(cell: string, format: TimeFormat, zone: Zone): string | number | null {
  const text = cell.trim()
  if (format === 'iso') return iso(text, zone)
  if (format === 'dmy' || format === 'mdy' || format === 'ymd') return ordered(text, format, zone)
  return PLAIN.test(text) ? Number(text) * PER_MS[format] : null
}
