import { i18n, type Messages } from '@lingui/core'
import { plural } from '@lingui/core/macro'
import { afterEach, describe, expect, it } from 'vitest'
import * as format from '../src/format'
import { messages } from '../src/i18n/en.po'
import { type Locale, localeOf, negotiated } from '../src/i18n/locales'
import { pseudo } from '../src/i18n/pseudo'
import { halfLife } from '../src/pages/meta/words'

const ENGLISH: Locale = { id: 'en', name: 'English', tag: 'en', dir: 'ltr' }
const GERMAN: Locale = { id: 'de', name: 'Deutsch', tag: 'de', dir: 'ltr' }
const BRAZILIAN: Locale = { id: 'pt-BR', name: 'Português', tag: 'pt-BR', dir: 'ltr' }

const speak = (locale: string, locales: string, texts: Messages = messages) =>
  i18n.loadAndActivate({ locale, locales, messages: texts })

afterEach(() => speak('en', 'en'))

describe('the language of the page', () => {
  it('is the first that the browser wants and that there is', () => {
    expect(negotiated(['fr', 'de-AT', 'en'], [ENGLISH, GERMAN]).id).toBe('de')
    expect(negotiated(['pt'], [ENGLISH, BRAZILIAN]).id).toBe('pt-BR')
    expect(negotiated(['fr'], [ENGLISH, GERMAN]).id).toBe('en')
    expect(negotiated([], [ENGLISH, GERMAN]).id).toBe('en')
  })

  it('has the numbers and dates of the wanted region', () => {
    expect(negotiated(['de-AT'], [ENGLISH, GERMAN]).tag).toBe('de-AT')
    expect(negotiated(['fr'], [ENGLISH, GERMAN]).tag).toBe('en')
  })

  it('is never one that is not known', () => {
    expect(localeOf('xx')).toBeNull()
    expect(localeOf(null)).toBeNull()
    expect(localeOf('pseudo-rtl')?.dir).toBe('rtl')
  })
})

describe('numbers and times', () => {
  it('are written as the language has it', () => {
    speak('de', 'de')

    expect(format.count(1234567)).toBe('1.234.567')
    expect(format.decimal(-0.314)).toBe('−0,31')
    expect(format.signed(0.5)).toBe('+0,50')
    expect(format.figure(0.0123)).toBe('0,0123')
    expect(format.bytes(1536)).toBe('1,5 KiB')
    expect(format.probability(0.0312)).toBe('0,031')
    expect(format.seconds(1.5)).toBe('1,5 s')
  })

  it('have their sign on the left where texts run from right to left', () => {
    speak('pseudo-rtl', 'en-XB')

    expect(format.signed(-0.5)).toBe('\u200e−0.50')
    expect(format.signed(0)).toBe('0.00')
  })

  it('have 24 hours a day in every language', () => {
    const afternoon = new Date(2026, 0, 31, 15, 4, 5).toISOString()
    const midnight = new Date(2026, 0, 31, 0, 0, 0).toISOString()

    for (const tag of ['en-US', 'en-GB', 'de']) {
      speak('en', tag)
      expect(format.clockTime(afternoon)).toBe('15:04:05')
      expect(format.clockTime(midnight)).toBe('00:00:00')
    }
  })
})

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

describe('a plural', () => {
  const edges = (n: number) => plural(n, { one: '# edge', other: '# edges' })
  it('has its number grouped', () => {
    expect(edges(1)).toBe('1 edge')
    expect(edges(0)).toBe('0 edges')
    expect(edges(12_345)).toBe('12,345 edges')
  })

  it('has as many forms as the language', () => {
    const english = [['0', 'plural', { one: ['#', ' step'], other: ['#', ' steps'] }]]
    const polish = { one: ['#', ' krok'], few: ['#', ' kroki'], other: ['#', ' kroków'] }
    const [id = ''] = Object.keys(messages).filter((each) => isSame(messages[each], english))
    speak('pl', 'pl', { [id]: [['0', 'plural', polish]] } as unknown as Messages)

    const said = [1, 3, 5, 22].map(halfLife)
    expect(said).toEqual(['1 krok', '3 kroki', '5 kroków', '22 kroki'])
  })
})

describe('the pseudo-language', () => {
  const PLAIN = /[a-zA-Z]/

  it('leaves no plain letter in a text, and makes it a third longer', () => {
    const { long } = pseudo({ long: ['Nothing has changed lately.'] })

    const text = (long as string[]).join('')
    expect(text).not.toMatch(PLAIN)
    expect(text.length).toBeGreaterThan(1.3 * 'Nothing has changed lately.'.length)
  })

  it('keeps placeholders, elements and what is chosen between', () => {
    const made = pseudo({
      mixed: ['Run <0>', ['name'], '</0> now and again'],
      many: [['n', 'plural', { one: ['#', ' edge'], other: ['#', ' edges'] }]],
    } as unknown as Messages)

    expect(JSON.stringify(made.mixed)).toContain('<0>",["name"],"</0>')
    expect(JSON.stringify(made.many)).toMatch(/\["n","plural",\{"one":\["#"," \S+"\],"other":/)
  })

  it('knows every text of the catalogue', () => {
    const made = pseudo(messages)

    expect(Object.keys(made)).toEqual(Object.keys(messages))
    const texts = Object.values(made).flatMap((text) => (Array.isArray(text) ? text : [text]))
    const plain = texts
      .filter((part) => typeof part === 'string')
      .filter((part) => PLAIN.test(part))
    expect(plain).toEqual([])
  })
})
