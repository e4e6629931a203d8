import { afterEach, describe, expect, it } from 'vitest'
import { Api } from '../src/api/client'
import { query } from '../src/api/query'

interface Asked {
  path: string
  init: RequestInit
}

const before = globalThis.fetch
afterEach(() => {
  globalThis.fetch = before
})

/** A network that answers everything alike, and remembers what it was asked. */
function network(status: number, body: object | null = null): Asked[] {
  const asked: Asked[] = []
  globalThis.fetch = async (path, init = {}) => {
    asked.push({ path: String(path), init })
    return new Response(body && JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  }
  return asked
}

const silent = { onUnauthorized: () => {}, onForbidden: () => {} }
const header = ({ init }: Asked, name: string) => new Headers(init.headers).get(name)

describe('the client', () => {
  it('says the CSRF token with what changes something, and with nothing else', async () => {
    const asked = network(200, { items: [] })
    const api = new Api('proof', silent)

    await api.streams()
    await api.replay('a/b', { key: 'plant' }, 'once')

    expect(asked.map((each) => header(each, 'X-CSRF-Token'))).toEqual([null, 'proof'])
    expect(asked.map((each) => header(each, 'Authorization'))).toEqual([null, null])
    expect(asked[1]?.path).toBe('/api/v1/dead-letters/a%2Fb/replay')
    expect(asked[1] && header(asked[1], 'Idempotency-Key')).toBe('once')
  })

  it('tells apart a session that is over and a change that is not allowed', async () => {
    const told: string[] = []
    const api = new Api('proof', {
      onUnauthorized: () => told.push('over'),
      onForbidden: () => told.push('not allowed'),
    })

    network(401, { detail: 'the session is over' })
    await expect(api.streams()).rejects.toThrow('the session is over')
    network(403, { detail: 'ask an admin' })
    await expect(api.letters(nothing, null)).rejects.toThrow('ask an admin')
    await expect(api.pause('plant')).rejects.toThrow('ask an admin')

    expect(told).toEqual(['over', 'not allowed'])
  })

  it('asks for every kind of event where none is chosen', async () => {
    const asked = network(200, { items: [], next: null })
    const api = new Api('', silent)
    const filter = { kinds: [], stream: 'a b', since: null, until: null, trace: null }

    await api.events(filter, null)

    expect(asked[0]?.path).toBe('/api/v1/events?type=all&stream=a+b&limit=50')
  })
})

const nothing = { reason: null, origin: null, key: null, since: null, until: null }

describe('the part of an address behind the ?', () => {
  it('leaves out what is null and says lists one by one', () => {
    expect(query({ a: null, b: ['x', 'y'], c: 3 })).toBe('?b=x&b=y&c=3')
    expect(query({ a: null })).toBe('')
  })
})
