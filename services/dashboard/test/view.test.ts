import { describe, expect, it } from 'vitest'
import { NO_FILTERS } from '../src/graph/model'
import { type Camera, HOME } from '../src/graph/space/camera'
import { STRONGEST_FIRST } from '../src/pages/stream/sorting'
import { edgeAddress, readView, type View, writeView } from '../src/pages/stream/view'

const view: View = {
  as: 'table',
  tested: true,
  filters: { minEffect: 0.25, lags: [1, 3], autocorrelation: true, missed: false, variable: 'ü b' },
  edge: { source: 'a b&c', target: 'd=→', lag: 0 },
  camera: { azimuth: -120, elevation: -5, zoom: 140 },
  sort: { column: 'lag', descending: true },
}

describe('the address of a stream page', () => {
  it('holds the whole view', () => {
    expect(readView(new URLSearchParams(writeView(view).toString()))).toEqual(view)
  })

  it('is empty for the plain view', () => {
    const plain: View = {
      as: 'graph',
      tested: false,
      filters: NO_FILTERS,
      edge: null,
      camera: null,
      sort: STRONGEST_FIRST,
    }

    expect(writeView(plain).toString()).toBe('')
    expect(readView(new URLSearchParams())).toEqual(plain)
  })

  it('says the form, and the camera rounded, but not one that stands at home', () => {
    const seen = (camera: Camera) => writeView({ ...view, as: 'space', camera }).get('camera')

    expect(writeView({ ...view, as: 'space' }).get('view')).toBe('space')
    expect(seen({ azimuth: 12.4, elevation: -0.2, zoom: 133.3 })).toBe('12,0,133')
    expect(seen({ ...HOME, azimuth: HOME.azimuth + 0.3 })).toBeNull()
  })

  it('is read leniently when somebody wrote it by hand', () => {
    const read = readView(
      new URLSearchParams(
        'view=cube&camera=1,2&min=much&lags=1,x,-2,2&source=a&lag=1&sort=nonsense',
      ),
    )

    expect(read.as).toBe('graph')
    expect(read.camera).toBeNull()
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
