import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Api } from '../src/api/client'
import { said } from '../src/api/http'
import { ApiError, isConflict } from '../src/api/problems'
import { beginSession, readSession } from '../src/api/session'

const HERE = 'http://gateway'

/** As in a browser, an address is one of the page. */
class RequestOfPage extends Request {
  constructor(address: string, init: RequestInit) {
    super(new URL(address, HERE), init)
  }
}

beforeEach(() => void vi.stubGlobal('Request', RequestOfPage))
afterEach(() => void vi.unstubAllGlobals())

interface Answer {
  status: number
  body?: object
  etag?: string
}

/** A network that gives these answers, the last of them for ever, and remembers what it was asked. */
function network(...answers: [Answer, ...Answer[]]): Request[] {
  const asked: Request[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { status, body, etag } = answers[Math.min(asked.length, answers.length - 1)] as Answer
    asked.push(request)
    const headers = new Headers(etag ? { etag } : {})
    if (body) headers.set('Content-Type', status < 400 ? 'application/json' : PROBLEM)
    return new Response(body ? JSON.stringify(body) : null, { status, headers })
  })
  return asked
}

const PROBLEM = 'application/problem+json'
const silent = { onUnauthorized: () => {}, onForbidden: () => {} }
const nothing = { reason: null, origin: null, key: null, since: null, until: null }
const empty = { status: 200, body: { items: [], next: null } }
const address = (request: Request | undefined) => request?.url.slice(HERE.length)

describe('the client', () => {
  it('says the CSRF token with what changes something, and with nothing else', async () => {
    const asked = network(empty)
    const api = new Api('proof', silent)

    await api.streams()
    await api.replay('a/b', { key: 'plant' }, 'once')

    expect(asked.map(({ headers }) => headers.get('X-CSRF-Token'))).toEqual([null, 'proof'])
    expect(asked.map(({ headers }) => headers.get('Authorization'))).toEqual([null, null])
    expect(address(asked[1])).toBe('/api/v1/dead-letters/a%2Fb/replay')
    expect(asked[1]?.headers.get('Idempotency-Key')).toBe('once')
    expect(await asked[1]?.json()).toEqual({ key: 'plant' })
  })

  it('tells apart a session that is over and a change that is not allowed', async () => {
    const told: string[] = []
    const api = new Api('proof', {
      onUnauthorized: () => told.push('over'),
      onForbidden: () => told.push('not allowed'),
    })

    network({ status: 401, body: { detail: 'the session is over' } })
    await expect(api.streams()).rejects.toThrow('the session is over')
    network({ status: 403, body: { detail: 'ask an admin' } })
    await expect(api.letters(nothing, null)).rejects.toThrow('ask an admin')
    await expect(api.pause('plant')).rejects.toThrow('ask an admin')

    expect(told).toEqual(['over', 'not allowed'])
  })

  it('raises a refusal with its problem, and with its status where there is none', async () => {
    const api = new Api('', silent)
    const problem = { type: 'urn:x', title: 'Not Found', status: 404, detail: 'no such stream' }

    network({ status: 404, body: problem })
    await expect(api.stream('plant')).rejects.toEqual(new ApiError(404, problem))
    network({ status: 502 })
    await expect(api.stream('plant')).rejects.toThrow('The gateway answered 502.')
  })

  it('asks for every kind of event where none is chosen', async () => {
    const asked = network(empty)
    const api = new Api('', silent)
    const filter = { kinds: [], stream: 'a b', since: null, until: null, trace: null }

    await api.events(filter, null)
    await api.events({ ...filter, kinds: ['edge', 'trial'], stream: null }, 'c1')

    expect(asked.map(address)).toEqual([
      '/api/v1/events?type=all&stream=a%20b&limit=50',
      '/api/v1/events?type=edge&type=trial&cursor=c1&limit=50',
    ])
  })

  it('asks for a graph with the tag it has, and keeps the graph while the tag holds', async () => {
    const kept = { status: 200, body: { version: 1 }, etag: 'W/"1"' }
    const asked = network(kept, { status: 304 }, { ...kept, body: { version: 2 }, etag: 'W/"2"' })
    const api = new Api('', silent)

    const versions = []
    for (let i = 0; i < 3; i += 1) versions.push((await api.graph('plant', 'accepted')).version)

    expect(versions).toEqual([1, 1, 2])
    expect(asked.map(({ headers }) => headers.get('If-None-Match'))).toEqual([
      null,
      'W/"1"',
      'W/"1"',
    ])
  })

  it('asks for all of it once more where too much was asked for since', async () => {
    const asked = network({ status: 200, body: { version: 1 }, etag: 'W/"1"' })
    const api = new Api('', silent)

    for (let i = 0; i < 60; i += 1) await api.graph(`plant-${i}`, 'accepted')
    await api.graph('plant-0', 'accepted')
    await api.graph('plant-59', 'accepted')

    expect(asked[60]?.headers.has('If-None-Match')).toBe(false)
    expect(asked[61]?.headers.get('If-None-Match')).toBe('W/"1"')
  })

  it('asks for another graph without the tag of the first', async () => {
    const asked = network({ status: 200, body: { version: 1 }, etag: 'W/"1"' })
    const api = new Api('', silent)

    await api.graph('plant', 'accepted')
    await api.graph('plant', 'all')

    expect(asked[1]?.headers.has('If-None-Match')).toBe(false)
  })

  it('orders once what it read, and says a conflict', async () => {
    const asked = network({ status: 200, body: { id: 'k', version: 4 } }, { status: 412 })
    const api = new Api('proof', silent)
    const order = { wish: { paused: true }, version: 3, key: 'k' }

    expect(await api.configure('mpie', order)).toMatchObject({ version: 4 })
    const conflict = await api.configure('mpie', order).catch((error: unknown) => error)

    expect(isConflict(conflict)).toBe(true)
    expect(asked[0]?.headers.get('If-Match')).toBe('"3"')
    expect(asked[0]?.headers.get('Idempotency-Key')).toBe('k')
    expect(asked[0]?.headers.get('X-CSRF-Token')).toBe('proof')
    expect(await asked[0]?.json()).toEqual({ paused: true })
  })

  it('knows an order that nobody has answered yet', async () => {
    network({ status: 202, body: { detail: 'sent' } })
    const order = { wish: { paused: true }, version: 3, key: 'k' }

    expect(await new Api('', silent).configure('mpie', order)).toBeNull()
  })

  it('needs no body where there is nothing to say', async () => {
    const asked = network({ status: 204 })

    expect(await new Api('', silent).revoke('k/1')).toBeUndefined()
    expect(asked.map((each) => `${each.method} ${address(each)}`)).toEqual([
      'DELETE /api/v1/keys/k%2F1',
    ])
  })

  it('resumes the feed after the last item, and begins it without one', async () => {
    const asked = network({ status: 200, body: {} })
    const api = new Api('', silent)
    const { signal } = new AbortController()

    await api.follow(null, signal)
    await api.follow('b-7', signal)

    expect(asked.map(({ headers }) => headers.get('Last-Event-ID'))).toEqual([null, 'b-7'])
    expect(asked[0]?.headers.get('Accept')).toBe('text/event-stream')
  })
})

describe('a session', () => {
  const session = { name: 'token', role: 'admin', streams: [], expires_at: null, csrf_token: 'p' }

  it('takes a credential in one request, and is read back by its cookie', async () => {
    const asked = network({ status: 201, body: session }, { status: 200, body: session })

    expect(await beginSession('secret')).toEqual(session)
    expect(asked.map(({ headers }) => headers.get('Authorization'))).toEqual([
      'Bearer secret',
      null,
    ])
  })

  it('is none where the gateway knows nobody, and no answer is not none', async () => {
    network({ status: 401 })
    expect(await readSession()).toBeNull()
    network({ status: 503 })
    await expect(readSession()).rejects.toThrow('503')
  })
})

describe('what is asked for', () => {
  it('leaves out what is null, and nothing else', () => {
    expect(said({ a: null, b: 0, c: '' })).toEqual({ b: 0, c: '' })
  })
})
