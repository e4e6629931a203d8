import { describe, expect, it } from 'vitest'
import type { LetterDetails } from '../src/api/letters'
import { readFilter, toggled, traceFault } from '../src/pages/events/filter'
import { news, newsInWords } from '../src/pages/events/holding'
import { faults, wanted } from '../src/pages/keys/wanted'
import {
  draftOf,
  editOf,
  isEdited,
  valueFault,
  whyNotEdited,
  written,
} from '../src/pages/letters/edit'
import { byCount } from '../src/pages/letters/filter'
import { became } from '../src/pages/letters/Outcome'
import { fromField, instantIn, toField } from '../src/ui/moments'

const named = (...ids: string[]) => ids.map((id) => ({ id }))

describe('a list that is held still', () => {
  it('counts what is newer than its first item', () => {
    expect(news(named('b', 'a'), named('d', 'c', 'b', 'a'))).toEqual({ count: 2, isMore: false })
    expect(news(named('b', 'a'), named('b', 'a'))).toEqual({ count: 0, isMore: false })
  })

  it('does not claim to have counted what has run past it', () => {
    const passed = news(named('b', 'a'), named('z', 'y'))

    expect(newsInWords(passed)).toBe('more than 2 new')
  })
})

describe('the filter of events', () => {
  const read = (search: string) => readFilter(new URLSearchParams(search))

  it('is read from the address, and what makes no sense is left out', () => {
    const trace = 'ab'.repeat(16)

    expect(read(`type=edge&type=trial&type=odd&stream=world&trace=${trace}&since=never`)).toEqual({
      kinds: ['edge', 'trial'],
      stream: 'world',
      since: null,
      until: null,
      trace,
    })
    expect(read('trace=xyz').trace).toBeNull()
    expect(traceFault('xyz')).not.toBeNull()
  })

  it('takes kinds in and out', () => {
    expect(toggled(['edge'], 'trial')).toEqual(['edge', 'trial'])
    expect(toggled(['edge', 'trial'], 'edge')).toEqual(['trial'])
  })
})

describe('a moment', () => {
  it('comes back from a field of a form as it went in, to the second', () => {
    const at = '2026-01-31T12:34:56.000Z'

    expect(fromField(toField(at))).toBe(at)
    expect(toField(null)).toBe('')
    expect(fromField('')).toBeNull()
    expect(instantIn('yesterday')).toBeNull()
  })
})

const letter: LetterDetails = {
  id: 'scarcity.v1.raw/2/0/broken-json',
  origin_topic: 'scarcity.v1.raw',
  partition: 2,
  offset: 0,
  reason: 'broken-json',
  message: 'not JSON',
  component: 'stream_manager',
  at: '2026-01-31T12:00:00Z',
  key: 'plant',
  bytes: 1,
  preview: '{',
  trace_id: null,
  replays: [],
  value: '{',
  encoding: 'text',
  truncated: false,
  headers: [],
  headers_truncated: false,
  replayable: true,
  why_not: null,
}

describe('a dead letter', () => {
  it('is sent as it was, byte for byte, unless something was changed', () => {
    const draft = draftOf(letter)

    expect(isEdited(editOf(letter, draft))).toBe(false)
    expect(editOf(letter, { ...draft, key: 'other' })).toEqual({ key: 'other' })
    expect(editOf(letter, { ...draft, value: '{}' })).toEqual({ value: '{}', encoding: 'text' })
  })

  it('that is no text can be put right as one', () => {
    const latin = { ...letter, value: 'eyJjYWbpIjogMX0=', encoding: 'base64' } as const

    expect(written(latin, 'text')).toBe('{"caf\uFFFD": 1}')
    expect(written(latin, 'base64')).toBe(latin.value)
    expect(editOf(latin, { key: 'plant', value: latin.value, encoding: 'base64' })).toEqual({})
    expect(valueFault({ ...draftOf(latin), value: '{' })).toBe('this is not base64')
  })

  it('is edited only where that can help', () => {
    const foreign = { ...letter, replayable: false, why_not: 'only raw records are sent again' }
    const cut = { ...letter, replayable: false, truncated: true, why_not: 'it was cut' }

    expect(whyNotEdited(letter)).toBeNull()
    expect(whyNotEdited(foreign)).toBe('only raw records are sent again')
    expect(whyNotEdited(cut)).toBeNull()
    expect(whyNotEdited({ ...letter, value: 'x'.repeat(300_000) })).toContain('too long')
  })

  it('says what became of it', () => {
    const sent = { request: 'r', by: 'token', at: '', topic: '', key: '', edited: false }

    expect(became([])).toBeNull()
    expect(became([{ ...sent, refused: 'not JSON' }])?.text).toBe('would be refused again')
    expect(became([{ ...sent, refused: null }])?.text).toBe('sent again')
  })

  it('is counted with those of its reason, the most frequent first', () => {
    expect(byCount({ b: 1, c: 12, a: 1 }).map(([name]) => name)).toEqual(['c', 'a', 'b'])
  })
})

describe('a key to be made', () => {
  const form = { name: 'line-3', role: 'viewer', streams: 'line-*, hall-1', days: '30' } as const

  it('is for the streams that were named, and ends after so many days', () => {
    expect(faults(form)).toEqual({})
    expect(wanted(form, 0)).toEqual({
      name: 'line-3',
      role: 'viewer',
      streams: ['line-*', 'hall-1'],
      expires_at: '1970-01-31T00:00:00.000Z',
    })
    expect(wanted({ ...form, days: '' }, 0).expires_at).toBeNull()
  })

  it('is not asked for where the gateway would refuse it', () => {
    expect(Object.keys(faults({ ...form, name: 'no name!' }))).toEqual(['name'])
    expect(Object.keys(faults({ ...form, streams: '*line' }))).toEqual(['streams'])
    expect(Object.keys(faults({ ...form, days: '1.5' }))).toEqual(['days'])
  })
})
