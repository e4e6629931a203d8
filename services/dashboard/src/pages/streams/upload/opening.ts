/** What is known of a file before it is sent: its first rows, and what they most likely mean. */
import { type Dialect, encodingOf, newlineOf, rowsOf, separatorOf } from './csv'
import { guessed, type Mapping } from './mapping'

/** As much of a file as is looked at beforehand, in bytes. */
const LOOK = 256 * 1024
const MOST_ROWS = 1000

export interface Opened {
  file: File
  /** How it begins; the rest is read as it is sent. */
  head: ArrayBuffer
  dialect: Dialect
  rows: string[][]
  mapping: Mapping
}

function rowsIn(head: ArrayBuffer, file: File, dialect: Dialect): string[][] {
  const text = new TextDecoder(dialect.encoding).decode(head)
  return rowsOf(text, dialect, head.byteLength === file.size).slice(0, MOST_ROWS)
}

function encodingIn(head: ArrayBuffer): string {
  const bytes = new Uint8Array(head)
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : encodingOf(bytes)
}

/** Look into a file. Rejects where the browser cannot read it. */
export async function open(file: File): Promise<Opened> {
  const head = await file.slice(0, LOOK).arrayBuffer()
  const encoding = encodingIn(head)
  const text = new TextDecoder(encoding).decode(head)
  const dialect = { separator: separatorOf(text), newline: newlineOf(text), encoding }
  const rows = rowsIn(head, file, dialect)
  return { file, head, dialect, rows, mapping: guessed(rows) }
}

/** The same file read otherwise: what its columns are is guessed anew. */
export function reread(opened: Opened, change: Partial<Dialect>): Opened {
  const { head, file } = opened
  const encoding = change.encoding ?? opened.dialect.encoding
  const newline = newlineOf(new TextDecoder(encoding).decode(head))
  const dialect = { ...opened.dialect, ...change, newline }
  const rows = rowsIn(head, file, dialect)
  return { ...opened, dialect, rows, mapping: guessed(rows) }
}

/** A decimal sign or a row of names changes what columns are; all else is as it was chosen. */
export function remapped(opened: Opened, change: Partial<Mapping>): Opened {
  const mapping = { ...opened.mapping, ...change }
  const isGuessed = 'decimal' in change || 'hasHeader' in change
  return { ...opened, mapping: isGuessed ? guessed(opened.rows, mapping) : mapping }
}
