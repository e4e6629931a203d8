import { describe, expect, it } from 'vitest'
import { sentence } from '../src/graph/words'
import { edge } from './examples'

describe('an edge in words', () => {
  it('says cause, effect, size and delay', () => {
    expect(sentence(edge('x0', 'x3', 2, { effect: 0.31 }), 0.05)).toBe(
      'When x0 rises by 1 sd, x3 rises by 0.31 sd two steps later (100 ms).',
    )
  })

  it('says falls for a negative effect, and no time where the cadence is not known', () => {
    expect(sentence(edge('x0', 'x3', 1, { effect: -0.2 }), null)).toBe(
      'When x0 rises by 1 sd, x3 falls by 0.20 sd one step later.',
    )
  })

  it('does not claim a direction that the data do not decide', () => {
    const said = sentence(edge('x0', 'x3', 0, { oriented: false }), null)

    expect(said).toContain('do not decide')
    expect(said).not.toContain('When')
  })

  it('speaks of a variable that drives itself as itself', () => {
    expect(sentence(edge('x0', 'x0', 1), null)).toContain('it rises')
  })

  it('claims nothing of an effect that was not measured', () => {
    expect(sentence(edge('x0', 'x1', 1, { effect: null }), null)).toContain('not been measured')
  })
})
