import { describe, expect, it } from 'vitest'
import type { Session } from '../src/api/session'
import { isNarrow, refusal } from '../src/app/access'

const session = (role: Session['role'], streams: string[] = []): Session => ({
  name: 'key:line-3',
  role,
  streams,
  expires_at: null,
  csrf_token: 'x',
})

describe('what a role allows', () => {
  it('is what those before it may, and is said in a sentence where it is not enough', () => {
    const pause = { role: 'operator', what: 'Pausing a stream' } as const

    expect(refusal(session('admin'), pause)).toBeNull()
    expect(refusal(session('operator'), pause)).toBeNull()
    expect(refusal(session('viewer'), pause)).toBe(
      'Pausing a stream takes an operator; you are a viewer here (key:line-3).',
    )
  })

  it('ends at what is about all streams for whoever is let in for some', () => {
    const letters = { role: 'operator', what: 'Reading dead letters', isAboutAll: true } as const
    const narrow = session('admin', ['line-*', 'hall-1'])

    expect(isNarrow(narrow)).toBe(true)
    expect(refusal(narrow, letters)).toContain('you are let in for line-*, hall-1 alone')
    expect(refusal(narrow, { role: 'operator', what: 'Pausing a stream' })).toBeNull()
  })
})
