/**
 * Server-sent events over `fetch`, because `EventSource` does not say why it was
 * refused, and cannot be told when the network is back.
 *
 * Promises: events arrive in order; after a break the feed reconnects by itself and asks to
 * resume after the last event it has seen (`Last-Event-ID`); where there is nothing to resume
 * from, it begins with a `reset`, as the server itself sends when it cannot resume; a feed that
 * falls silent for longer than the server's keepalive is taken for dead.
 *
 *     wait before attempt n  =  min(ceiling, base * 2^n) * (1/2 + u/2),   u uniform on [0, 1)
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { ByteStream } from '../api/client'
import { isUnauthorized } from '../api/problems'

/** `asking`: there is no feed for whoever looks, and the page asks by itself. */
export type ConnectionState = 'live' | 'reconnecting' | 'asking' | 'offline'

export interface FeedOptions {
  /** Ask for what came after an id, or from now on; rejects with an `ApiError` where refused. */
  open: (lastId: string | null, signal: AbortSignal) => Promise<ByteStream>
  onEvent: (type: string, data: unknown) => void
  onState: (state: ConnectionState) => void
  random?: () => number
  /** First wait between attempts, milliseconds. */
  baseMs?: number
  silenceMs?: number
}

const CEILING_MS = 30_000
const ATTEMPTS_UNTIL_OFFLINE = 4

export function backoffMs(attempt: number, baseMs: number, u: number): number {
  return Math.min(CEILING_MS, baseMs * 2 ** attempt) * (0.5 + u / 2)
}

/** Parse the data of one event; `undefined` where it is not JSON, which no reader can use. */
export function decode(message: EventSourceMessage): unknown {
  try {
    return JSON.parse(message.data)
  } catch {
    return undefined
  }
}

/** A live feed: `start` once, `stop` once, `retryNow` when the network is known to be back. */
export class Feed {
  readonly #options: FeedOptions
  readonly #closed = new AbortController()
  #lastId: string | null = null
  #attempt = 0
  #baseMs: number
  #wake: () => void = () => {}

  constructor(options: FeedOptions) {
    this.#options = options
    this.#baseMs = options.baseMs ?? 500
  }

  async start(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const error: unknown = await this.#listen().catch((broken: unknown) => broken)
      if (isUnauthorized(error) || this.#closed.signal.aborted) return
      this.#options.onState(this.#attempt >= ATTEMPTS_UNTIL_OFFLINE ? 'offline' : 'reconnecting')
      await this.#pause()
      this.#attempt += 1
    }
  }

  stop(): void {
    this.#closed.abort()
    this.#wake()
  }

  retryNow(): void {
    this.#attempt = 0
    this.#wake()
  }

  async #listen(): Promise<void> {
    const silence = new AbortController()
    const signal = AbortSignal.any([this.#closed.signal, silence.signal])
    const body = await this.#options.open(this.#lastId, signal)
    this.#attempt = 0
    this.#options.onState('live')
    if (this.#lastId === null) this.#options.onEvent('reset', null)
    await this.#read(body, silence)
  }

  async #read(body: ByteStream, silence: AbortController): Promise<void> {
    const parser = createParser({
      onEvent: (message) => this.#deliver(message),
      onRetry: (ms) => {
        this.#baseMs = ms
      },
    })
    const silenceMs = this.#options.silenceMs ?? 60_000
    let alarm = setTimeout(() => silence.abort(), silenceMs)
    const reader = body.getReader()
    const decoder = new TextDecoder()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(alarm)
        alarm = setTimeout(() => silence.abort(), silenceMs)
        parser.feed(decoder.decode(value, { stream: true }))
      }
    } finally {
      clearTimeout(alarm)
    }
  }

  #deliver(message: EventSourceMessage): void {
    if (message.id !== undefined) this.#lastId = message.id
    const data = decode(message)
    if (data !== undefined) this.#options.onEvent(message.event ?? 'message', data)
  }

  #pause(): Promise<void> {
    const random = this.#options.random ?? Math.random
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, backoffMs(this.#attempt, this.#baseMs, random()))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
