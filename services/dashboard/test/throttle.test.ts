import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Throttle } from '../src/live/throttle'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('runs the first call at once and the last of a burst at its end', () => {
  const ran: string[] = []
  const throttle = new Throttle(500, (key) => ran.push(key))

  for (let i = 0; i < 10; i += 1) throttle.ask('a')
  expect(ran).toEqual(['a'])

  vi.advanceTimersByTime(5_000)
  expect(ran).toEqual(['a', 'a'])
})

it('never runs more than twice a second for one key, and keeps keys apart', () => {
  const ran: string[] = []
  const throttle = new Throttle(500, (key) => ran.push(key))

  for (let i = 0; i < 100; i += 1) {
    throttle.ask('a')
    if (i === 0) throttle.ask('b')
    vi.advanceTimersByTime(100)
  }

  expect(ran.filter((key) => key === 'a').length).toBeLessThanOrEqual(21)
  expect(ran.filter((key) => key === 'a').length).toBeGreaterThanOrEqual(19)
  expect(ran.filter((key) => key === 'b')).toEqual(['b'])
})

it('forgets what waits when it is cleared', () => {
  const ran: string[] = []
  const throttle = new Throttle(500, (key) => ran.push(key))

  throttle.ask('a')
  throttle.ask('a')
  throttle.clear()
  vi.advanceTimersByTime(5_000)

  expect(ran).toEqual(['a'])
})
