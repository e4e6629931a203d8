import { describe, expect, it } from 'vitest'
import type { ByteStream } from '../src/api/client'
import { ApiError } from '../src/api/problems'
import { backoffMs, type ConnectionState, Feed, type FeedOptions } from '../src/live/sse'

type Seen = [string, unknown]

function streamOf(chunks: readonly string[]): ByteStream {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
      controller.close()
    },
  })
}

function refused(status: number): never {
  throw new ApiError(status, null)
}

/** Run a feed over a list of answers; a feed that asks once more is stopped. */
async function run(answers: (() => ByteStream)[], options: Partial<FeedOptions> = {}) {
  const seen: Seen[] = []
  const states: ConnectionState[] = []
  const asked: (string | null)[] = []
  const feed: Feed = new Feed({
    open: async (lastId) => {
      asked.push(lastId)
      const answer = answers.shift()
      if (answer) return answer()
      feed.stop()
      throw new Error('stopped')
    },
    onEvent: (type, data) => seen.push([type, data]),
    onState: (state) => states.push(state),
    random: () => 0,
    baseMs: 1,
    ...options,
  })
  await feed.start()
  return { seen, states, asked }
}

const withoutReset = (seen: readonly Seen[]) => seen.filter(([type]) => type !== 'reset')

describe('a live feed', () => {
  it('delivers events in order, whatever the chunks they come in', async () => {
    const chunks = [
      'id: 1\nevent: edge\nda',
      'ta: {"a":1}\n',
      '\nid: 2\nevent: graph\ndata: {"b":2}\n\n',
    ]
    const { seen } = await run([() => streamOf(chunks)])

    expect(withoutReset(seen)).toEqual([
      ['edge', { a: 1 }],
      ['graph', { b: 2 }],
    ])
  })

  it('survives a character that is split between two chunks', async () => {
    const bytes = new TextEncoder().encode('event: edge\ndata: "é"\n\n')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 19))
        controller.enqueue(bytes.slice(19))
        controller.close()
      },
    })
    const { seen } = await run([() => body])

    expect(withoutReset(seen)).toEqual([['edge', 'é']])
  })

  it('resumes after the last event it has seen', async () => {
    const { asked } = await run([
      () => streamOf(['id: b-7\nevent: edge\ndata: 1\n\n']),
      () => streamOf([': keepalive\n\n']),
    ])

    expect(asked).toEqual([null, 'b-7', 'b-7'])
  })

  it('begins with a reset exactly while it has nothing to resume from', async () => {
    const { seen } = await run([
      () => streamOf([]),
      () => streamOf(['id: 1\nevent: edge\ndata: 1\n\n']),
      () => streamOf([]),
    ])

    expect(seen.map(([type]) => type)).toEqual(['reset', 'reset', 'edge'])
  })

  it('skips data that is not JSON and goes on', async () => {
    const { seen } = await run([
      () => streamOf(['event: edge\ndata: {oops\n\nevent: edge\ndata: 2\n\n']),
    ])

    expect(withoutReset(seen)).toEqual([['edge', 2]])
  })

  it('says live, then reconnecting, and offline when the gateway stays away', async () => {
    const gone = () => refused(503)
    const { states } = await run([() => streamOf([]), gone, gone, gone, gone])

    expect(states).toEqual([
      'live',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'offline',
    ])
  })

  it('does not ask again once its session is over', async () => {
    const { asked } = await run([() => refused(401), () => streamOf([])])

    expect(asked).toHaveLength(1)
  })

  it('takes a connection that falls silent for dead', async () => {
    const states: ConnectionState[] = []
    // As fetch does: an abort breaks the body of the answer.
    const silent = (signal: AbortSignal) =>
      new ReadableStream<Uint8Array>({
        start: (controller) =>
          signal.addEventListener('abort', () => controller.error(signal.reason)),
      })
    let opened = 0
    const feed: Feed = new Feed({
      open: async (_lastId, signal) => {
        opened += 1
        if (opened === 2) feed.stop()
        return opened === 2 ? streamOf([]) : silent(signal)
      },
      onEvent: () => {},
      onState: (state) => states.push(state),
      random: () => 0,
      baseMs: 1,
      silenceMs: 5,
    })
    await feed.start()

    expect(opened).toBe(2)
    expect(states.slice(0, 2)).toEqual(['live', 'reconnecting'])
  })
})

describe('the wait between attempts', () => {
  it('doubles, is spread over its upper half, and is never longer than thirty seconds', () => {
    expect([0, 1, 2].map((n) => backoffMs(n, 500, 1))).toEqual([500, 1000, 2000])
    expect(backoffMs(0, 500, 0)).toBe(250)
    expect(backoffMs(40, 500, 1)).toBe(30_000)
  })
})
