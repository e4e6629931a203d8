import { describe, expect, it } from 'vitest'
import * as format from '../src/format'

describe('numbers', () => {
  it('are grouped, and a dash where there is none', () => {
    expect(format.count(1234567)).toBe('1,234,567')
    expect(format.count(null)).toBe('–')
  })

  it('carry their sign, and none when they are zero to the digits shown', () => {
    expect(format.signed(0.314)).toBe('+0.31')
    expect(format.signed(-0.314)).toBe('−0.31')
    expect(format.decimal(-0.001)).toBe('0.00')
    expect(format.signed(Number.NaN)).toBe('–')
  })

  it('are told side by side', () => {
    expect(format.list([])).toBe('')
    expect(format.list(['a', 'b', 'c'])).toBe('a, b, c')
  })
})

describe('precision and recall', () => {
  it('are shown to two decimals, and as a dash where nothing can be said', () => {
    expect(format.share(0.8333)).toBe('0.83')
    expect(format.share(1)).toBe('1.00')
    expect(format.share(null)).toBe('–')
  })
})

describe('figures of a variable', () => {
  it.each([
    [0, '0'],
    [4.5, '4.5'],
    [0.01234, '0.0123'],
    [-1234, '−1,230'],
    [12_345_678, '12.3M'],
    [0.00004321, '4.3 × 10⁻⁵'],
    [null, '–'],
  ])('%s reads %s', (value, text) => expect(format.figure(value)).toBe(text))

  it.each([
    [0, '0 %'],
    [0.001, '< 1 %'],
    [0.254, '25 %'],
    [0.9999, '> 99 %'],
    [1, '100 %'],
  ])('a share of %s is %s', (value, text) => expect(format.percent(value)).toBe(text))
})

describe('probabilities', () => {
  it.each([
    [0.4, '0.400'],
    [0.001, '0.001'],
    [1e-9, '10⁻⁹'],
    [3.2e-12, '3 × 10⁻¹²'],
    [0, '< 10⁻³⁰⁰'],
    [null, '–'],
  ])('%s reads %s', (value, text) => expect(format.probability(value)).toBe(text))
})

describe('rates and times', () => {
  it.each([
    [0, '0/s'],
    [0.4, '0.4/s'],
    [20, '20/s'],
    [12345.6, '12,346/s'],
  ])('%s a second reads %s', (value, text) => expect(format.rate(value)).toBe(text))

  it.each([
    [0.05, '50 ms'],
    [1, '1 s'],
    [2.5, '2.5 s'],
    [90, '2 min'],
    [7200, '2 h'],
  ])('%s seconds read %s', (value, text) => expect(format.seconds(value)).toBe(text))

  it('are told as the past they are', () => {
    const now = Date.parse('2026-01-31T12:00:10Z')

    expect(format.ago('2026-01-31T12:00:09Z', now)).toBe('just now')
    expect(format.ago('2026-01-31T12:00:00Z', now)).toBe('10 s ago')
    expect(format.ago(null, now)).toBe('never')
    expect(format.ago('nonsense', now)).toBe('–')
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [25_276_502_016, '23.5 GiB'],
    [200 * 2 ** 20, '200 MiB'],
    [null, '–'],
  ])('%s are %s', (value, text) => {
    expect(format.bytes(value)).toBe(text)
  })
})
