/**
 * Rows of a CSV file, read slice by slice: never more of it in memory than a slice and the rows
 * that are waited for.
 */
import Papa from 'papaparse'

export type Separator = ',' | ';' | '\t' | '|'

export interface Dialect {
  separator: Separator
  newline: '\n' | '\r' | '\r\n'
  /** As `TextDecoder` names it. */
  encoding: string
}

/** Bytes of a slice. */
export const SLICE = 512 * 1024
/** A row that is longer, in characters, is none: a quote was never closed. */
const LONGEST_ROW = 4 * 1024 * 1024

const FIRST_ROWS = 20
const MOST_COLUMNS = 10_000

export const SEPARATORS: readonly Separator[] = [',', ';', '\t', '|']

export interface Slice {
  rows: string[][]
  /** Bytes of the file that have been read so far. */
  bytes: number
}

/** What a row cannot be told by any more. */
export class BrokenFile extends Error {}

export function newlineOf(text: string): Dialect['newline'] {
  const at = text.search(/[\r\n]/)
  if (at < 0 || text[at] === '\n') return '\n'
  return text[at + 1] === '\n' ? '\r\n' : '\r'
}

/** The separator that cuts the most of the first rows as it cuts the first one. */
export function separatorOf(text: string): Separator {
  const evenness = (separator: Separator): number => {
    const form = { separator, newline: newlineOf(text), encoding: 'utf-8' }
    const [first = [], ...others] = rowsOf(text, form, true).slice(0, FIRST_ROWS)
    if (first.length < 2) return 0
    const even = others.filter(({ length }) => length === first.length).length
    return (even + 1) / (others.length + 1) + first.length / MOST_COLUMNS
  }
  return [...SEPARATORS].sort((a, b) => evenness(b) - evenness(a))[0] ?? ','
}

/** UTF-8 where the bytes are; else the encoding of Western Windows, which takes any byte. */
export function encodingOf(bytes: Uint8Array): string {
  try {
    // A character may be cut at the end: a stream waits for its rest.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

const isBlank = (row: readonly string[]): boolean => row.length === 1 && row[0]?.trim() === ''

/** Whole rows of a text, and where the rest begins. */
function parsed(text: string, { separator, newline }: Dialect, isLast: boolean) {
  const parser = new Papa.Parser({ delimiter: separator, newline })
  const { data, meta } = parser.parse(text, 0, !isLast) as Papa.ParseResult<string[]>
  const rows = data.filter((row) => !isBlank(row))
  return { rows, end: isLast ? text.length : meta.cursor }
}

/** The rows of a text that is there as a whole, but for the last, where the text was cut. */
export function rowsOf(text: string, dialect: Dialect, isLast: boolean): string[][] {
  return parsed(text, dialect, isLast).rows
}

/** All rows of a file, blank ones passed over, in slices. Raises `BrokenFile`. */
export async function* slices(file: Blob, dialect: Dialect, size = SLICE): AsyncGenerator<Slice> {
  const decoder = new TextDecoder(dialect.encoding)
  let rest = ''
  for (let from = 0; from < file.size; from += size) {
    const bytes = await file.slice(from, from + size).arrayBuffer()
    const isLast = from + size >= file.size
    const text = rest + decoder.decode(bytes, { stream: !isLast })
    const { rows, end } = parsed(text, dialect, isLast)
    rest = text.slice(end)
    if (rest.length > LONGEST_ROW) throw new BrokenFile()
    yield { rows, bytes: Math.min(file.size, from + size) }
  }
}
