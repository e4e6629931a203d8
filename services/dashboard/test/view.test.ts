import { describe, expect, it } from 'vitest'
import { NO_FILTERS } from '../src/graph/model'
import { STRONGEST_FIRST } from '../src/pages/stream/sorting'
import { edgeAddress, readView, type View, writeView } from '../src/pages/stream/view'

const view: View = {
  table: true,
  tested: true,
  filters: { minEffect: 0.25, lags: [1, 3], autocorrelation: true, missed: false, variable: 'ü b' },
  edge: { source: 'a b&c', target: 'd=→', lag: 0 },
  sort: { column: 'lag', descending: true },
}

describe('the address of a stream page', () => {
  it('holds the whole view', () => {
    expect(readView(new URLSearchParams(writeView(view).toString()))).toEqual(view)
  })

  it('is empty for the plain view', () => {
    const plain = {
      table: false,
      tested: false,
      filters: NO_FILTERS,
      edge: null,
      sort: STRONGEST_FIRST,
    }

    expect(writeView(plain).toString()).toBe('')
    expect(readView(new URLSearchParams())).toEqual(plain)
  })

  it('is read leniently when somebody wrote it by hand', () => {
    const read = readView(
      new URLSearchParams('min=much&lags=1,x,-2,2&source=a&lag=1&sort=nonsense'),
    )

    expect(read.filters).toMatchObject({ minEffect: 0, lags: [1, 2] })
    expect(read.edge).toBeNull()
    expect(read.sort).toEqual(STRONGEST_FIRST)
  })

  it('shows autocorrelation where it links to an edge of a variable with itself', () => {
    const address = edgeAddress('a/b', { source: 'x', target: 'x', lag: 1 })

    expect(address.startsWith('/streams/a%2Fb?')).toBe(true)
    expect(readView(new URLSearchParams(address.split('?')[1])).filters.autocorrelation).toBe(true)
  })
})
