/** The one file that is being sent: it goes on while other pages are looked at. */
import { type Caller, newTrace, sendRecords, wasDone } from '../../../api/streams'
import { type Dialect, slices } from './csv'
import { lineOf, type Mapping } from './mapping'
import { type Line, Sending, type Slice } from './sending'

export interface Upload {
  stream: string
  file: File
  mapping: Mapping
  sending: Sending
  begun: number
  /** Whose session sends; a new one goes on where another ended. */
  caller: { api: Caller }
  /** What the reading of the file raised. */
  broken: boolean
}

let current: Upload | null = null
const told = new Set<() => void>()

export const currentUpload = (): Upload | null => current

export function onCurrent(tell: () => void): () => void {
  told.add(tell)
  return () => told.delete(tell)
}

function set(upload: Upload | null): void {
  current = upload
  for (const tell of told) tell()
}

const isOver = ({ sending, broken }: Upload): boolean =>
  broken || ['done', 'cancelled'].includes(sending.progress().phase)

function warn(event: BeforeUnloadEvent): void {
  if (current && !isOver(current)) event.preventDefault()
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The rows with records, numbered as the file has them. */
async function* linesOf(file: File, dialect: Dialect, mapping: Mapping): AsyncGenerator<Slice> {
  let row = 0
  for await (const { rows, bytes } of slices(file, dialect)) {
    const lines: Line[] = []
    for (const cells of rows) {
      row += 1
      if (row > 1 || !mapping.hasHeader) lines.push({ row, cells, json: lineOf(cells, mapping) })
    }
    yield { lines, bytes }
  }
}

export function begin(
  api: Caller,
  what: { stream: string; file: File; dialect: Dialect; mapping: Mapping },
): void {
  const { stream, file, dialect, mapping } = what
  const caller = { api }
  const sending = new Sending({
    post: (body, trace) => sendRecords(caller.api, stream, { body, trace }),
    wasDone: (trace) => wasDone(caller.api, trace),
    newTrace,
    sleep,
    now: () => performance.now(),
  })
  set({ stream, file, mapping, sending, caller, begun: Date.now(), broken: false })
  window.addEventListener('beforeunload', warn)
  sending.run(linesOf(file, dialect, mapping)).catch(() => {
    if (current?.sending === sending) set({ ...current, broken: true })
  })
}

export function leave(): void {
  window.removeEventListener('beforeunload', warn)
  set(null)
}
