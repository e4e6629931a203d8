/**
 * Visits the pages of the dashboard of a running system in the pseudo-language, on a phone: what is
 * plain English there was not translated, and what is wider than the window has no room for German.
 *
 *     SCARCITY_URL=http://127.0.0.1:8080 SCARCITY_TOKEN=... node languages.mjs [FOLDER]
 *
 * Texts and the attributes that are read out may hold what the gateway said in this visit, and the
 * few words of `NAMES`. Then the pages are visited from right to left, and the language is changed
 * in the menu. Settings and the last line are those of `pages.mjs`.
 */
import { emptyPage, expect, run, settings, shoot } from './browser.mjs'
import { wantedPages } from './places.mjs'

/** Words that are the same in every language: names, units, keys, and formats of files. */
const NAMES = new Set(
  `scarcity mpie drg gateway stream manager meta learning json graphml dot csv png svg base64
  kib mib gib ctrl esc true false null`.split(/\s+/),
)
/** Dates are written by the browser, which knows no pseudo-language. */
const month = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' })
for (let i = 0; i < 12; i += 1) NAMES.add(month.format(Date.UTC(2026, i)).toLowerCase())

/** Members whose own names are shown: kinds of flaws, reasons, topics, settings. */
const SHOWN_KEYS = ['flaws', 'counts', 'origins', 'properties', 'settings', 'policy', 'tolerances']

/** Members whose values are called something in every language. */
const CALLED = ['state', 'status', 'level', 'role']

/** Keeps what the gateway answers, the feed as well, where the page can be asked for it. */
function listen() {
  const said = []
  const answer = window.fetch
  window.said = () => said.splice(0)
  window.fetch = async (...asked) => {
    const response = await answer(...asked)
    const keep = async (copy) => {
      const reader = copy.body?.pipeThrough(new TextDecoderStream()).getReader()
      for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
        said.push({ url: copy.url, text: part.value })
      }
    }
    keep(response.clone()).catch(() => undefined)
    return response
  }
}

/** All that is to be read or heard, but values, commands and code, which are in no language. */
function texts() {
  const CODE = 'pre, code, kbd, textarea, script, style, noscript'
  const found = [document.title]
  const isCode = (element) => element?.closest(CODE)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    if (!isCode(walker.currentNode.parentElement)) found.push(walker.currentNode.data)
  }
  for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt']) {
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name))
  }
  return found
}

const plain = (text) => text.toLowerCase().replace(/[_\-./:]+/g, ' ').trim()

/** What the gateway said: values, and the names of members that are shown. */
class Heard {
  #whole = new Set()
  #sentences = new Set()
  #open = new Map()

  add(parts) {
    for (const { url, text } of parts) {
      const whole = (this.#open.get(url) ?? '') + text
      const lines = url.endsWith('/stream') ? whole.split('\n') : [whole]
      const left = lines.filter((line) => !this.#take(line.replace(/^data: ?/, '')))
      this.#open.set(url, left.at(-1) ?? '')
    }
  }

  has(words) {
    return this.#whole.has(plain(words))
  }

  /** A text without what the gateway said in it. */
  without(text) {
    const longestFirst = [...this.#sentences].sort((a, b) => b.length - a.length)
    return longestFirst.reduce((left, sentence) => left.replaceAll(sentence, ' '), text)
  }

  #take(line) {
    try {
      this.#walk(JSON.parse(line), false)
      return true
    } catch {
      return false
    }
  }

  #walk(value, areShown) {
    if (typeof value === 'string') this.#keep(value)
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (areShown) this.#keep(name)
      if (CALLED.includes(name)) continue
      this.#walk(inner, SHOWN_KEYS.includes(name) || (areShown && !Array.isArray(value)))
    }
  }

  #keep(text) {
    this.#whole.add(plain(text))
    const parts = plain(text).split(/[^a-z0-9]+/)
    if (/\s/.test(text)) this.#sentences.add(text)
    // A name that is put together is also shown in parts: "process scarcity.v1.raw", "key:alice".
    if (text.split(/\s/).length < 3) for (const part of parts) this.#whole.add(part)
  }
}

const HEXADECIMAL = /\b[0-9a-f]{8,}\b/g
const PHRASE = /[A-Za-z][A-Za-z'’]+(?:[ _\-./][A-Za-z][A-Za-z'’]+)*/g

/** Phrases in plain letters that the gateway did not say. */
function untranslated(text, heard) {
  const own = heard.without(text).replace(HEXADECIMAL, '')
  const phrases = own.match(PHRASE) ?? []
  return phrases.filter((phrase) => {
    if (heard.has(phrase)) return false
    const words = plain(phrase).split(' ')
    return !words.every((word) => NAMES.has(word) || heard.has(word))
  })
}

async function signedIn(browser, size, language) {
  const { page, errors } = await emptyPage(browser, size, 'dark')
  await page.addInitScript(listen)
  await page.goto(`${settings.url}/?locale=${language}#token=${settings.token}`)
  await page.locator('.connection-live').waitFor()
  expect(!page.url().includes('locale'), 'the language is left in the address')
  return { page, errors }
}

/** How much wider a page is than the window, and what it is that sticks out; null where it fits. */
function overflow() {
  const pixels = document.documentElement.scrollWidth - window.innerWidth
  if (pixels <= 0) return null
  const scrolls = (element) => element.closest('.table-scroll, pre, .visually-hidden')
  const isOut = (element) => {
    const { left, right } = element.getBoundingClientRect()
    return left < -0.5 || right > window.innerWidth + 0.5
  }
  const out = [...document.querySelectorAll('body *')].filter((each) => isOut(each) && !scrolls(each))
  const names = out.slice(0, 4).map((each) => `${each.tagName} ${each.getAttribute('class') ?? ''}`)
  return `${pixels} pixels wider than the window: ${names.join(', ')}`
}

async function visit(page, heard, [name, sign, address]) {
  await page.goto(`${settings.url}${address}`)
  await page.locator(sign).first().waitFor()
  await page.waitForTimeout(600)
  await shoot(page, `pseudo-${name}`)
  const read = await page.evaluate(texts)
  // What the feed brought while they were read is heard by now, too.
  heard.add(await page.evaluate(() => window.said()))
  const found = new Set()
  for (const text of read) {
    for (const phrase of untranslated(text ?? '', heard)) found.add(`"${phrase}" in "${text.trim().slice(0, 120)}"`)
  }
  const wrong = [...found].map((each) => `${name}: not translated: ${each}`)
  const wide = await page.evaluate(overflow)
  return wide ? [...wrong, `${name}: ${wide}`] : wrong
}

async function visitAll(browser, pages) {
  const { page, errors } = await signedIn(browser, 'phone', 'pseudo')
  const heard = new Heard()
  const found = []
  for (const each of pages) found.push(...(await visit(page, heard, each)))
  await page.context().close()
  return [...found, ...errors.map((error) => `console: ${error}`)]
}

/** The same from right to left, where nothing may stick out on the other side. */
async function mirror(browser, pages) {
  const found = []
  for (const size of ['phone', 'desk']) {
    const { page, errors } = await signedIn(browser, size, 'pseudo-rtl')
    for (const [name, sign, address] of pages) {
      await page.goto(`${settings.url}${address}`)
      await page.locator(sign).first().waitFor()
      await page.waitForTimeout(300)
      await shoot(page, `rtl-${name}-${size}`)
      expect((await page.locator('html').getAttribute('dir')) === 'rtl', 'the page is not turned')
      const wide = await page.evaluate(overflow)
      if (wide) found.push(`${name}, right to left (${size}): ${wide}`)
    }
    await page.context().close()
    found.push(...errors.map((error) => `console: ${error}`))
  }
  return found
}

/** From the pseudo-language to English by the menu; it is still English on the next visit. */
async function change(browser) {
  const { page } = await signedIn(browser, 'desk', 'pseudo')
  const language = () => page.locator('html').getAttribute('lang')
  expect((await language()) === 'en-XA', 'the page does not say what language it is in')
  await page.locator('.account-toggle').click()
  await page.locator('.account-menu select').selectOption('en')
  await page.getByRole('heading', { name: /^\d+ streams?, / }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: /^\d+ streams?, / }).waitFor()
  expect((await language()) === 'en', 'the choice is not kept')
  await page.context().close()
}

await run(async (browser) => {
  const pages = await wantedPages()
  const found = [...(await visitAll(browser, pages)), ...(await mirror(browser, pages))]
  await change(browser)
  if (found.length > 0) throw new Error(found.join('\n'))
  return { ok: true, visited: pages.map(([name]) => name), folder: settings.folder }
})
