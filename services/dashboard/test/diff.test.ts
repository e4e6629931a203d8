import { describe, expect, it } from 'vitest'
import type { Wish } from '../src/api/components'
import { clashes, differences, inWords, nameOf, order, rebased } from '../src/pages/components/diff'
import { agreement, disagreement } from '../src/pages/components/words'
import { component, instance } from './examples'

const started: Wish = { enabled: true, paused: false, settings: {} }
const held: Wish = { ...started, settings: { policy: { target: 0.8 }, lease_s: 20 } }

describe('the difference between two wishes', () => {
  it('is told leaf by leaf', () => {
    const after = { ...held, paused: true, settings: { policy: { target: 0.7, floor: 0.1 } } }

    expect(differences(held, after)).toEqual([
      { path: ['paused'], before: false, after: true },
      { path: ['settings', 'policy', 'target'], before: 0.8, after: 0.7 },
      { path: ['settings', 'lease_s'], before: 20, after: undefined },
      { path: ['settings', 'policy', 'floor'], before: undefined, after: 0.1 },
    ])
  })

  it('is none between the same, in whatever order they are written', () => {
    const other = {
      settings: { lease_s: 20, policy: { target: 0.8 } },
      paused: false,
      enabled: true,
    }

    expect(differences(held, other)).toEqual([])
  })

  it('says in words what was left as it was started', () => {
    expect(inWords(undefined)).toBe('as it was started')
    expect(inWords(false)).toBe('no')
    expect(inWords(null)).toBe('nothing')
    expect(nameOf(['settings', 'policy', 'dry_run'])).toBe('policy · dry run')
  })

  it('sends only the members that differ', () => {
    expect(order(started, { ...started, enabled: false })).toEqual({ enabled: false })
    expect(order(started, held)).toEqual({ settings: held.settings })
  })
})

describe('a change that somebody else overtook', () => {
  const mine = differences(started, { ...started, settings: { policy: { target: 0.8 } } })

  it('is put onto theirs, and both hold', () => {
    const theirs = { enabled: true, paused: true, settings: { policy: { floor: 0.1 } } }

    expect(rebased(theirs, mine)).toEqual({
      enabled: true,
      paused: true,
      settings: { policy: { floor: 0.1, target: 0.8 } },
    })
  })

  it('takes away what I took away, and no more', () => {
    const away = differences(held, { ...held, settings: { lease_s: 20 } })

    expect(
      rebased({ ...held, settings: { ...held.settings, lease_s: 30 } }, away).settings,
    ).toEqual({ lease_s: 30 })
  })

  it('names what both have changed', () => {
    const theirs = differences(started, { ...started, settings: { policy: { target: 0.5 } } })

    expect(clashes(mine, theirs)).toEqual(['settings.policy.target'])
    expect(clashes(mine, differences(started, { ...started, paused: true }))).toEqual([])
  })
})

describe('what is wanted and what really is', () => {
  const wanted = { ...started, version: 2, by: 'me', at: null }
  const running = instance('mpie-1', { configured: 2 })

  it('agree where every instance obeys the newest version', () => {
    expect(agreement(component('mpie', { wanted, instances: [running] }))?.tone).toBe('good')
  })

  it('differ while an instance obeys an older one, or does something else', () => {
    expect(disagreement({ ...running, configured: 1 }, wanted)).toBe('obeys version 1, not 2 yet')
    expect(disagreement(running, { ...wanted, enabled: false })).toBe('running, not off')
  })

  it('differ where nobody is there to obey', () => {
    expect(agreement(component('mpie', { wanted }))?.tone).toBe('bad')
  })
})
