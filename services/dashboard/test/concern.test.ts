import { describe, expect, it } from 'vitest'
import { badges, foremost, hasDrifted } from '../src/pages/stream/concern'
import { variable } from './examples'

const texts = (found: ReturnType<typeof badges>) => found.map((badge) => badge.text)

describe('the badges of a variable', () => {
  it('say what is odd, and nothing when nothing is', () => {
    const odd = variable('x', { stuck: true, out_of_range: 3 }, { absent: true })

    expect(texts(badges(variable('x')))).toEqual([])
    expect(texts(badges(odd))).toEqual(['absent', 'stuck', '3 out of range'])
  })

  it('name a kind that is not the usual one', () => {
    expect(texts(badges(variable('x', null, { kind: 'categorical' })))).toEqual(['categorical'])
  })
})

describe('drift', () => {
  it('is told from three usual scales on, and unknown drift is none', () => {
    expect(hasDrifted(variable('x', { drift: 3.1 }))).toBe(true)
    expect(hasDrifted(variable('x', { drift: 2.9 }))).toBe(false)
    expect(hasDrifted(variable('x', { drift: null }))).toBe(false)
    expect(hasDrifted(variable('x', null))).toBe(false)
  })
})

describe('the variables shown', () => {
  const some = [
    variable('fine'),
    variable('missing', { missing: 0.5 }),
    variable('drifted', { drift: 9 }),
    variable('stuck', { stuck: true }),
    variable('absent', {}, { absent: true }),
  ]

  it('stand in their own order when all are shown', () => {
    expect(foremost(some, 5)).toEqual(some)
  })

  it('are those of most concern when there are many', () => {
    expect(foremost(some, 3).map((v) => v.name)).toEqual(['absent', 'stuck', 'drifted'])
  })
})
