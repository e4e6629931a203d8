import { describe, expect, it } from 'vitest'
import { ApiError } from '../src/api/problems'
import type { Ingested } from '../src/api/streams'
import { readTime, readValue } from '../src/pages/streams/upload/cells'
import {
  BrokenFile,
  type Dialect,
  encodingOf,
  newlineOf,
  rowsOf,
  separatorOf,
  slices,
} from '../src/pages/streams/upload/csv'
import { faults, guessed, lineOf } from '../src/pages/streams/upload/mapping'
import {
  batches,
  type Line,
  outcomeOf,
  type Ports,
  rejectsAsCsv,
  Sending,
} from '../src/pages/streams/upload/sending'
import { isStreamName, streamNameOf } from '../src/pages/streams/upload/words'

const dialect = (rest: Partial<Dialect> = {}): Dialect => ({
  separator: ',',
  newline: '\n',
  encoding: 'utf-8',
  ...rest,
})

const rowsIn = (text: string) =>
  rowsOf(text, dialect({ separator: separatorOf(text), newline: newlineOf(text) }), true)

describe('a file', () => {
  it('gives the same rows however small the slices are, also within a character or a quote', async () => {
    const text = 'zeit;wärme\r\n1;"a ""b""\r\n;c"\r\n2;ü€𝄞\r\n\r\n3;'
    const file = new Blob([text])
    const form = dialect({ separator: ';', newline: '\r\n' })
    const whole = rowsOf(text, form, true)

    for (const size of [1, 2, 3, 7, 1000]) {
      const rows: string[][] = []
      for await (const slice of slices(file, form, size)) rows.push(...slice.rows)
      expect(rows).toEqual(whole)
    }
    expect(whole).toEqual([
      ['zeit', 'wärme'],
      ['1', 'a "b"\r\n;c'],
      ['2', 'ü€𝄞'],
      ['3', ''],
    ])
  })

  it('is given up where a quote is never closed, rather than kept in memory whole', async () => {
    const file = new Blob(['a,b\n1,"', 'x'.repeat(6 * 1024 * 1024)])
    const read = async () => {
      for await (const _ of slices(file, dialect()));
    }
    await expect(read()).rejects.toBeInstanceOf(BrokenFile)
  })

  it('tells its separator and encoding', () => {
    expect(separatorOf('a;b\n1,5;2,5\n2,5;3,5\n')).toBe(';')
    expect(separatorOf('a\tb\n1\t2\n')).toBe('\t')
    expect(encodingOf(new TextEncoder().encode('wärme€').slice(0, 8))).toBe('utf-8')
    expect(encodingOf(Uint8Array.from([0x77, 0xe4, 0x72]))).toBe('windows-1252')
  })
})

describe('a cell', () => {
  it('is a number in the way of its file', () => {
    expect(readValue('1,234.5', '.')).toBe(1234.5)
    expect(readValue('1.234,5', ',')).toBe(1234.5)
    expect(readValue('-0,5', ',')).toBe(-0.5)
    expect(readValue('1e-3', '.')).toBe(0.001)
    expect(readValue('TRUE', '.')).toBe(true)
    expect(readValue('n/a', '.')).toBeNull()
    expect(readValue('0x10', '.')).toBeUndefined()
    expect(readValue('12 bar', '.')).toBeUndefined()
    expect(readValue('1.5', ',')).toBeUndefined()
  })

  it('is a time in its form', () => {
    expect(readTime('2026-01-31T12:00:00.123456Z', 'iso', 'utc')).toBe(
      '2026-01-31T12:00:00.123456Z',
    )
    expect(readTime('2026-01-31 12:00:00 +0100', 'iso', 'utc')).toBe('2026-01-31 12:00:00+0100')
    expect(readTime('31.01.2026 12:00', 'dmy', 'utc')).toBe(Date.UTC(2026, 0, 31, 12))
    expect(readTime('1/31/2026 7:05:09.5', 'mdy', 'utc')).toBe(Date.UTC(2026, 0, 31, 7, 5, 9, 500))
    expect(readTime('1769860800', 's', 'utc')).toBe(1769860800000)
    expect(readTime('31.02.2026', 'dmy', 'utc')).toBeNull()
    expect(readTime('1/31/2026', 'dmy', 'utc')).toBeNull()
    expect(readTime('2026-07-01 12:00:00', 'iso', 'here')).toBe(new Date(2026, 6, 1, 12).getTime())
  })
})

describe('what a file means', () => {
  const german = rowsIn(
    'Zeit;Druck;Ventil;Ort\n31.01.2026 12:00;1,5;1;Nord\n31.01.2026 12:01;;0;Süd\n',
  )

  it('is guessed from its first rows', () => {
    const { hasHeader, decimal, timeFormat, columns } = guessed(german)

    expect({ hasHeader, decimal, timeFormat }).toEqual({
      hasHeader: true,
      decimal: ',',
      timeFormat: 'dmy',
    })
    expect(columns.map(({ role }) => role)).toEqual(['time', 'variable', 'variable', 'out'])
  })

  it('takes a column for the time though a few of its cells are none', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [
      i === 3 ? 'never' : `${1769860800 + i}`,
      '1',
    ])
    const { columns, timeFormat } = guessed([['at', 'x'], ...rows])
    expect(columns[0]?.role).toBe('time')
    expect(timeFormat).toBe('s')
  })

  it('has no names where its first row is data', () => {
    const { hasHeader, columns } = guessed(rowsIn('1,2\n3,4\n'))
    expect(hasHeader).toBe(false)
    expect(columns.map(({ name }) => name)).toEqual(['x0', 'x1'])
  })

  it('makes a record of a row, and sends what it cannot read for the gateway to judge', () => {
    const mapping = guessed(german)
    expect(JSON.parse(lineOf(german[1] ?? [], mapping) ?? '')).toEqual({
      ts: Date.UTC(2026, 0, 31, 12),
      values: { Druck: 1.5, Ventil: 1 },
    })
    expect(JSON.parse(lineOf(['gestern', 'defekt', '', ''], mapping) ?? '')).toEqual({
      ts: 'gestern',
      values: { Druck: 'defekt', Ventil: null },
    })
    expect(lineOf(['1', '2'], mapping)).toBeNull()
  })

  it('cannot be used without a variable, or with two of the same name', () => {
    const { columns, ...rest } = guessed(german)
    const all = (name: string) => columns.map((column) => ({ ...column, name }))
    expect(faults({ ...rest, columns: all('x') }).get(1)).toBe('twice')
    const out = columns.map((column) => ({ ...column, role: 'out' as const }))
    expect(faults({ ...rest, columns: out }).get(-1)).toBe('no-variable')
  })

  it('suggests a name that a stream may have', () => {
    expect(streamNameOf('Plant 1 (new).csv')).toBe('Plant-1-new')
    expect(isStreamName(streamNameOf('Ölpumpe.csv'))).toBe(true)
    expect(isStreamName('..')).toBe(false)
  })
})

const problem = (status: number, rest = {}) =>
  new ApiError(status, {
    type: 'urn:scarcity:problem:x',
    title: 'x',
    status,
    detail: 'because',
    ...rest,
  })

const line = (row: number): Line => ({ row, cells: [`${row}`], json: `{"values":{"x":${row}}}` })
const lines = (count: number): Line[] => Array.from({ length: count }, (_, i) => line(i + 1))

/** A gateway that answers each request by a function, and takes in what it does not throw at. */
function gateway(answer: (call: number) => Partial<Ingested> | Error, known: number[] = []) {
  const taken: string[] = []
  let calls = 0
  const ports: Ports = {
    post: async (body) => {
      calls += 1
      const said = answer(calls)
      if (said instanceof Error) throw said
      taken.push(...body.split('\n'))
      return {
        accepted: body.split('\n').length,
        rejected: 0,
        problems: [],
        warnings: [],
        ...said,
      }
    },
    wasDone: async (trace) => known.includes(Number(trace)),
    newTrace: () => String(calls + 1),
    sleep: async () => undefined,
    now: () => 0,
  }
  return { ports, taken, calls: () => calls }
}

async function* once(all: Line[]) {
  yield { lines: all, bytes: 100 }
}

/** Wait until a sending is in a phase. */
function phase(sending: Sending, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => sending.progress().phase === wanted && resolve()
    sending.subscribe(look)
    look()
  })
}

describe('sending', () => {
  it('sends every record once, in batches that the gateway takes in whole', async () => {
    const { ports, taken, calls } = gateway(() => ({}))
    const sending = new Sending(ports)

    await sending.run(once(lines(2500)))

    expect(taken).toHaveLength(2500)
    expect(new Set(taken).size).toBe(2500)
    expect(calls()).toBe(3)
    expect(sending.progress()).toMatchObject({ phase: 'done', accepted: 2500, bytes: 100 })
    expect([...batches(lines(2500))].map(({ length }) => length)).toEqual([1000, 1000, 500])
  })

  it('sends a batch again only where the gateway said that it did not take it', async () => {
    const busy = problem(503, { accepted: 0, rejected: 0 })
    const { ports, taken } = gateway((call) => (call <= 2 ? busy : {}))
    const sending = new Sending(ports)

    await sending.run(once(lines(5)))

    expect(taken).toHaveLength(5)
    expect(sending.progress()).toMatchObject({ accepted: 5, doubtful: 0 })
  })

  it('asks where the line broke, and does what it is told', async () => {
    for (const [word, left, twice] of [
      ['leave', 2, 0],
      ['again', 0, 2],
    ] as const) {
      const { ports, taken } = gateway((call) => (call === 1 ? new TypeError('broken') : {}))
      const sending = new Sending(ports)
      const done = sending.run(once(lines(2)))
      await phase(sending, 'unsure')
      expect(sending.progress().batch).toEqual({ first: 1, last: 2, records: 2 })

      sending.decide(word)
      await done

      expect(taken).toHaveLength(2 - left)
      expect(sending.progress()).toMatchObject({ leftOut: left, doubtful: twice })
    }
  })

  it('does not ask where the trace of the request shows that it was done', async () => {
    const { ports, calls } = gateway(() => new TypeError('broken'), [1])
    const sending = new Sending(ports)

    await sending.run(once(lines(3)))

    expect(calls()).toBe(1)
    expect(sending.progress()).toMatchObject({ phase: 'done', unanswered: 3, doubtful: 0 })
  })

  it('names rejected rows by their place in the file, and counts those that are not named', async () => {
    const problems = [{ line: 2, reason: 'bad-timestamp', message: 'ts is x' }]
    const { ports } = gateway(() => ({ accepted: 1, rejected: 3, problems }))
    const sending = new Sending(ports)
    const misfit: Line = { row: 3, cells: ['1', '2'], json: null }

    await sending.run(once([{ ...line(2) }, misfit, line(4)]))

    const { rejects, rejected } = sending.progress()
    expect(rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [3, 'misfit'],
      [4, 'bad-timestamp'],
    ])
    expect(rejected).toBe(4)
  })

  it('halves what is too large, down to the one record that is', async () => {
    const { ports, taken } = gateway((call) => (call <= 2 ? problem(413) : {}))
    const sending = new Sending(ports)

    await sending.run(once(lines(2)))

    expect(taken).toHaveLength(1)
    expect(sending.progress()).toMatchObject({ accepted: 1, reasons: { 'too-large': 1 } })
  })

  it('waits while it is paused, and ends with the batch on its way when it is cancelled', async () => {
    const { ports, taken } = gateway(() => ({}))
    const sending = new Sending(ports)
    sending.pause()
    const done = sending.run(once(lines(1500)))
    await phase(sending, 'paused')
    expect(taken).toHaveLength(0)
    const first = new Promise<void>((resolve) =>
      sending.subscribe(() => sending.progress().accepted > 0 && resolve()),
    )

    sending.resume()
    await first
    sending.cancel()
    await done

    expect(taken).toHaveLength(1000)
    expect(sending.progress()).toMatchObject({ phase: 'cancelled', accepted: 1000 })
  })

  it('stops at what waiting does not mend, until it is told to try again', async () => {
    const { ports } = gateway((call) => (call === 1 ? problem(403) : {}))
    const sending = new Sending(ports)
    const done = sending.run(once(lines(1)))
    await phase(sending, 'failed')
    expect(sending.progress().why).toBe('because')

    sending.tryAgain()
    await done

    expect(sending.progress()).toMatchObject({ phase: 'done', accepted: 1 })
  })

  it('trusts only the gateway that nothing was taken in', () => {
    expect(outcomeOf(problem(503, { accepted: 0 }))).toBe('not-taken')
    expect(outcomeOf(problem(503, { accepted: 7 }))).toBe('unknown')
    expect(outcomeOf(new ApiError(503, null))).toBe('unknown')
    expect(outcomeOf(new ApiError(502, null))).toBe('unknown')
    expect(outcomeOf(new TypeError('offline'))).toBe('unknown')
    expect(outcomeOf(problem(429))).toBe('not-taken')
    expect(outcomeOf(problem(400))).toBe('refused')
  })

  it('gives rejected rows as CSV', () => {
    const reject = { row: 3, reason: 'misfit', message: 'a, b', cells: ['1', '"x"'] }
    expect(rejectsAsCsv([reject], ['t', 'v'])).toBe(
      'row,reason,message,t,v\r\n3,misfit,"a, b",1,"""x"""\r\n',
    )
  })
})
