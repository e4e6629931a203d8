/** What the scripts of this folder share: the browser, their settings, and what to look at. */
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(new URL('../../services/dashboard/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const { default: AxeBuilder } = require('@axe-core/playwright')

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  // WebGL without a graphics card.
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
export const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } }
export const THEMES = ['dark', 'light']

export const settings = {
  url: (process.env.SCARCITY_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, ''),
  token: process.env.SCARCITY_TOKEN ?? '',
  stream: process.env.SCARCITY_STREAM ?? 'world',
  browser: process.env.SCARCITY_CHROMIUM ?? '/usr/bin/chromium',
  timeout: 1000 * Number(process.env.SCARCITY_WAIT_S ?? 60),
  only: (process.env.SCARCITY_PAGES ?? '').split(',').filter(Boolean),
  folder: process.argv[2] ?? 'screenshots',
}

export const streamPath = `/streams/${encodeURIComponent(settings.stream)}`

/** Whether a page or a way is wanted: all are where none is named. */
export const isWanted = (name) => settings.only.length === 0 || settings.only.includes(name)

/**
 * Everything the browser complains of but what is as it should be: a stream without a graph
 * answers 404, and whoever has not signed in yet is told so with a 401.
 */
export function watchErrors(page) {
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    const { url } = message.location()
    const text = message.text()
    const isEarlyGraph = /\/graph\?/.test(url) && text.includes('status of 404')
    const isFirstLook = url.endsWith('/api/v1/session') && text.includes('status of 401')
    if (message.type() === 'error' && !isEarlyGraph && !isFirstLook) errors.push(text)
  })
  return errors
}

export async function shoot(page, name) {
  await page.screenshot({ path: join(settings.folder, `${name}.png`), fullPage: true })
}

export async function expectLive(page) {
  await page.locator('[data-testid="connection"]', { hasText: /^live$/ }).waitFor()
}

export function expect(truth, said) {
  if (!truth) throw new Error(said)
}

/** Wait until something holds, asked again and again for a while. */
export async function eventually(holds, said) {
  for (let i = 0; !(await holds()); i += 1) {
    expect(i < 40, said)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Where a page breaks a rule: the rule, and the first elements that do. */
async function violations(page) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(RULES).analyze()
  return found.map(({ id, nodes }) => {
    const where = nodes.slice(0, 4).map((node) => `${node.target.join(' ')} (${node.failureSummary})`)
    return `${id}: ${where.join('; ')}`
  })
}

/** Everything that is wrong with a page as it is shown now. */
export async function faults(page, name) {
  const found = (await violations(page)).map((each) => `${name}: ${each}`)
  const overflow = () => document.documentElement.scrollWidth - window.innerWidth
  const wider = await page.evaluate(overflow)
  if (wider > 0) found.push(`${name}: ${wider} pixels wider than the window`)
  return found
}

/** A window of its own, in which nobody has signed in. */
export async function emptyPage(browser, size, colorScheme, options = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme,
    // Screenshots and contrast are of what stands still.
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(settings.timeout)
  const page = await context.newPage()
  return { page, errors: watchErrors(page) }
}

/** A window in which one has signed in with the token of the address. */
export async function newPage(browser, size, colorScheme, options = {}) {
  const { page, errors } = await emptyPage(browser, size, colorScheme, options)
  await page.goto(`${settings.url}/#token=${settings.token}`)
  await expectLive(page)
  return { page, errors }
}

/** The gateway's JSON, for what a script has to know beforehand. */
export async function call(method, path, data = undefined) {
  const answer = await fetch(`${settings.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${settings.token}`, 'Content-Type': 'application/json' },
    body: data === undefined ? undefined : JSON.stringify(data),
  })
  expect(answer.ok, `${method} ${path}: ${answer.status}`)
  return answer.status === 204 ? null : answer.json()
}

/** Run a script in a browser, and say as its last line what came of it. */
export async function run(watch) {
  const attempt = async () => {
    await mkdir(settings.folder, { recursive: true })
    const browser = await chromium.launch({ executablePath: settings.browser, args: FLAGS })
    try {
      return await watch(browser)
    } finally {
      await browser.close()
    }
  }
  const result = await attempt().catch((error) => ({
    ok: false,
    error: String(error.message ?? error),
  }))
  console.log(JSON.stringify(result))
  process.exitCode = result.ok ? 0 : 1
}
