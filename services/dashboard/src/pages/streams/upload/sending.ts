/**
 * Sends a file in batches, and knows of each batch what became of it.
 *
 * A batch is taken in whole or not at all. It is sent once more only where it is certain that it
 * was not taken in: the gateway said so, or nothing has left the browser. Where the line broke
 * before the answer came, nobody can tell, unless the gateway has kept the trace of the request:
 * then the reader decides.
 */
import { plural, t } from '@lingui/core/macro'
import { ApiError } from '../../../api/problems'
import type { Ingested } from '../../../api/streams'

/** Records of a batch, and its length in characters: what the gateway publishes in one piece. */
export const MOST_RECORDS = 1000
const MOST_LENGTH = 512 * 1024
const MOST_REJECTS = 10_000
const FIRST_WAIT_S = 1
const LONGEST_WAIT_S = 30
/** How long the gateway may take to write down a trace, milliseconds. */
const TRACE_MS = 1_500

export interface Line {
  /** Of the file, the first row with records is 1; 2 where the first row names the columns. */
  row: number
  cells: readonly string[]
  /** As it is sent; null where the cells do not fit the columns. */
  json: string | null
}

export interface Reject {
  row: number
  reason: string
  message: string
  cells: readonly string[]
}

export type Phase = 'sending' | 'paused' | 'waiting' | 'unsure' | 'failed' | 'cancelled' | 'done'

export interface Progress {
  phase: Phase
  /** Of the file, as far as it was read for what was sent. */
  bytes: number
  accepted: number
  rejected: number
  /** Records of batches that were taken in, whose answer was lost. */
  unanswered: number
  /** Records left out by the reader, who could not know. */
  leftOut: number
  /** Records that were sent again by the reader, who could not know. */
  doubtful: number
  /** Cells that count as missing as they are no numbers, by variable; as far as they were named. */
  flaws: Record<string, number>
  rejects: Reject[]
  reasons: Record<string, number>
  /** Of the batch that is on its way, or in doubt. */
  batch: { first: number; last: number; records: number } | null
  /** Why it does not go on. */
  why: string
  /** Milliseconds that were spent sending. */
  spentMs: number
}

export interface Ports {
  post: (body: string, trace: string) => Promise<Ingested>
  /** Whether a request is known to be done, by its trace. */
  wasDone: (trace: string) => Promise<boolean>
  newTrace: () => string
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds. */
  now: () => number
}

export interface Slice {
  lines: Line[]
  bytes: number
}

const EMPTY: Progress = {
  phase: 'sending',
  bytes: 0,
  accepted: 0,
  rejected: 0,
  unanswered: 0,
  leftOut: 0,
  doubtful: 0,
  flaws: {},
  rejects: [],
  reasons: {},
  batch: null,
  why: '',
  spentMs: 0,
}

type Outcome = 'taken' | 'not-taken' | 'unknown' | 'too-large' | 'refused'

/** What an error says of the batch that it came for. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ApiError)) return 'unknown'
  const { status, problem } = error
  const ours = problem?.type?.startsWith('urn:scarcity:') === true
  const taken = (problem as { accepted?: number } | null)?.accepted
  if (status === 413) return 'too-large'
  if (status === 429) return 'not-taken'
  if (status === 503 && ours) return taken ? 'unknown' : 'not-taken'
  return status < 500 ? 'refused' : 'unknown'
}

/** Lines in batches, each with where it ends in the file. */
export function* batches(lines: readonly Line[]): Generator<Line[]> {
  let batch: Line[] = []
  let length = 0
  for (const line of lines) {
    const more = line.json?.length ?? 0
    if (batch.length >= MOST_RECORDS || (batch.length > 0 && length + more > MOST_LENGTH)) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(line)
    length += more
  }
  if (batch.length > 0) yield batch
}

/** Something that is waited for until somebody opens it. */
interface Gate<T> {
  promise: Promise<T>
  resolve: (value: T) => void
}

function gate<T>(): Gate<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((open) => {
    resolve = open
  })
  return { promise, resolve }
}

export class Sending {
  #progress: Progress = EMPTY
  readonly #ports: Ports
  readonly #told = new Set<() => void>()
  readonly #stop = new AbortController()
  #pausing: Gate<void> | null = null
  #asked: Gate<'again' | 'leave'> | null = null
  #tried: Gate<void> | null = null

  constructor(ports: Ports) {
    this.#ports = ports
  }

  subscribe = (onChange: () => void): (() => void) => {
    this.#told.add(onChange)
    return () => this.#told.delete(onChange)
  }

  progress = (): Progress => this.#progress

  pause = (): void => {
    this.#pausing ??= gate()
    if (this.#progress.phase === 'sending') this.#set({ phase: 'paused' })
  }

  resume = (): void => {
    this.#pausing?.resolve()
    this.#pausing = null
  }

  /** What is on its way is still waited for. */
  cancel = (): void => {
    this.#stop.abort()
    this.resume()
    this.#asked?.resolve('leave')
    this.#tried?.resolve()
  }

  /** What to do with a batch that nobody knows the fate of. */
  decide = (what: 'again' | 'leave'): void => this.#asked?.resolve(what)

  /** After a failure that waiting does not mend. */
  tryAgain = (): void => this.#tried?.resolve()

  /** Send all of it. Rejects with what the reading of the file raises. */
  async run(slices: AsyncIterable<Slice>): Promise<void> {
    for await (const slice of slices) {
      await this.#sendSlice(slice)
      if (this.#stop.signal.aborted) return this.#set({ phase: 'cancelled', batch: null })
    }
    this.#set({ phase: 'done', batch: null })
  }

  #set(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change }
    for (const tell of this.#told) tell()
  }

  async #sendSlice({ lines, bytes }: Slice): Promise<void> {
    const begun = this.#progress.bytes
    let sent = 0
    for (const batch of batches(lines)) {
      await this.#free()
      if (this.#stop.signal.aborted) return
      await this.#send(batch)
      sent += batch.length
      this.#set({ bytes: begun + ((bytes - begun) * sent) / lines.length })
    }
    this.#set({ bytes })
  }

  async #free(): Promise<void> {
    if (!this.#pausing) return
    this.#set({ phase: 'paused' })
    await this.#pausing.promise
  }

  async #send(batch: readonly Line[]): Promise<void> {
    const fits = batch.filter(({ json }) => json !== null)
    const misfits = batch.filter(({ json }) => json === null)
    this.#reject(misfits.map((line) => misfit(line)))
    if (fits.length > 0) await this.#deliver(fits)
  }

  async #deliver(lines: readonly Line[]): Promise<void> {
    const [first, last] = [lines[0]?.row ?? 0, lines.at(-1)?.row ?? 0]
    const batch = { first, last, records: lines.length }
    for (let wait = FIRST_WAIT_S; !this.#stop.signal.aborted; ) {
      this.#set({ phase: 'sending', batch, why: '' })
      const trace = this.#ports.newTrace()
      const outcome = await this.#attempt(lines, trace)
      if (outcome === 'taken') return
      if (outcome === 'too-large') return this.#halves(lines)
      if (outcome === 'unknown' && (await this.#settled(lines, trace))) return
      if (outcome === 'refused') await this.#failed()
      if (outcome === 'not-taken') {
        this.#set({ phase: 'waiting' })
        await this.#ports.sleep(wait * 1000, this.#stop.signal)
        wait = Math.min(LONGEST_WAIT_S, 2 * wait)
      }
    }
  }

  async #attempt(lines: readonly Line[], trace: string): Promise<Outcome> {
    const begun = this.#ports.now()
    try {
      const body = lines.map(({ json }) => json).join('\n')
      // A request on its way is waited for, also when it is cancelled: its fate must be known.
      this.#taken(lines, await this.#ports.post(body, trace))
      return 'taken'
    } catch (error) {
      this.#set({ why: error instanceof Error ? error.message : String(error) })
      return outcomeOf(error)
    } finally {
      this.#set({ spentMs: this.#progress.spentMs + this.#ports.now() - begun })
    }
  }

  #taken(lines: readonly Line[], { accepted, rejected, problems, warnings }: Ingested): void {
    const flaws = { ...this.#progress.flaws }
    for (const { variable } of warnings) flaws[variable] = (flaws[variable] ?? 0) + 1
    this.#set({ accepted: this.#progress.accepted + accepted, flaws })
    this.#reject(
      problems.map(({ line, reason, message }) => {
        const refused = lines[line - 1]
        return { row: refused?.row ?? 0, reason, message, cells: refused?.cells ?? [] }
      }),
      rejected - problems.length,
    )
  }

  #reject(more: readonly Reject[], unnamed = 0): void {
    if (more.length + unnamed === 0) return
    const { rejected, rejects, reasons } = this.#progress
    const counted = { ...reasons }
    for (const { reason } of more) counted[reason] = (counted[reason] ?? 0) + 1
    this.#set({
      rejected: rejected + more.length + unnamed,
      rejects: [...rejects, ...more].slice(0, MOST_REJECTS),
      reasons: counted,
    })
  }

  /** Whether a batch of unknown fate is done with: taken in after all, or left out. */
  async #settled(lines: readonly Line[], trace: string): Promise<boolean> {
    const count = lines.length
    this.#set({ phase: 'waiting' })
    await this.#ports.sleep(TRACE_MS, this.#stop.signal)
    if (await this.#ports.wasDone(trace).catch(() => false)) {
      this.#set({ unanswered: this.#progress.unanswered + count })
      return true
    }
    if (this.#stop.signal.aborted) {
      this.#set({ leftOut: this.#progress.leftOut + count })
      return true
    }
    this.#asked = gate()
    this.#set({ phase: 'unsure' })
    const decided = await this.#asked.promise
    this.#asked = null
    // What the reader waited with may have come to the gateway's knowledge meanwhile.
    if (await this.#ports.wasDone(trace).catch(() => false)) {
      this.#set({ unanswered: this.#progress.unanswered + count })
      return true
    }
    const { leftOut, doubtful } = this.#progress
    if (decided === 'leave') this.#set({ leftOut: leftOut + count })
    else this.#set({ doubtful: doubtful + count })
    return decided === 'leave'
  }

  async #failed(): Promise<void> {
    this.#tried = gate()
    this.#set({ phase: 'failed' })
    await this.#tried.promise
    this.#tried = null
  }

  async #halves(lines: readonly Line[]): Promise<void> {
    const [only] = lines
    if (only && lines.length === 1) {
      const message = this.#progress.why
      return this.#reject([{ row: only.row, reason: 'too-large', message, cells: only.cells }])
    }
    const middle = Math.ceil(lines.length / 2)
    await this.#deliver(lines.slice(0, middle))
    await this.#deliver(lines.slice(middle))
  }
}

function misfit({ row, cells }: Line): Reject {
  const message = t`${plural(cells.length, { one: '# cell', other: '# cells' })}: not as many as there are columns`
  return { row, reason: 'misfit', message, cells }
}

/** Rejected rows as CSV: where, why, and what was in them. */
export function rejectsAsCsv(rejects: readonly Reject[], names: readonly string[]): string {
  const quoted = (cell: string) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  const rows = rejects.map(({ row, reason, message, cells }) => [
    `${row}`,
    reason,
    message,
    ...cells,
  ])
  const head = ['row', 'reason', 'message', ...names]
  return [head, ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
}
