import { i18n } from '@lingui/core'
import { describe, expect, it } from 'vitest'
import { find, targets } from '../src/app/finding'
import { PLACES, placeOf } from '../src/app/places'
import { meaning } from '../src/app/shortcuts'
import { stream } from './examples'

const press = (key: string, rest = {}) => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  typing: false,
  ...rest,
})

describe('a key', () => {
  it('opens the palette with Ctrl or Cmd, also while typing', () => {
    expect(meaning(press('k', { ctrl: true, typing: true }), false)).toEqual({ kind: 'palette' })
    expect(meaning(press('K', { meta: true }), false)).toEqual({ kind: 'palette' })
    expect(meaning(press('k'), false)).toBeNull()
  })

  it('goes to every page in two steps', () => {
    expect(meaning(press('g'), false)).toEqual({ kind: 'wait' })
    for (const { key, path } of PLACES) {
      expect(meaning(press(key), true)).toEqual({ kind: 'go', path })
    }
    expect(meaning(press('x'), true)).toBeNull()
  })

  it('means nothing of its own while somebody types', () => {
    expect(meaning(press('?'), false)).toEqual({ kind: 'help' })
    expect(meaning(press('?', { typing: true }), false)).toBeNull()
    expect(meaning(press('g', { typing: true }), false)).toBeNull()
  })
})

describe('an address', () => {
  it('belongs to a page', () => {
    expect(placeOf('/components/mpie')?.path).toBe('/components')
    expect(placeOf('/streams/world')?.path).toBe('/streams')
    expect(placeOf('/')?.path).toBe('/')
    expect(placeOf('/governors')).toBeNull()
  })
})

describe('the palette', () => {
  const all = targets(
    [stream('plant-north', { variables: ['heat', 'north_wind'] }), stream('world')],
    [{ name: 'mpie', shown: 'MPIE' }],
  )
  const labels = (query: string) => find(all, query, 10).map(({ label }) => label)

  it('offers pages first as long as nothing is typed', () => {
    expect(labels('').slice(0, PLACES.length)).toEqual(PLACES.map(({ label }) => i18n._(label)))
  })

  it('puts what begins with the letters before what only holds them', () => {
    expect(labels('north')).toEqual(['north_wind', 'plant-north', 'heat'])
  })

  it('finds by letters in order, by every word, and by kind', () => {
    expect(labels('dlt')).toEqual(['Dead letters'])
    expect(labels('heat plant')).toEqual(['heat'])
    expect(labels('component')).toContain('MPIE')
    expect(labels('nothing like that')).toEqual([])
  })

  it('leads a variable to its stream, narrowed to it', () => {
    expect(find(all, 'heat', 1)[0]?.to).toBe('/streams/plant-north?variable=heat')
  })
})
