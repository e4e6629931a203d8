/**
 * Visits every page of the dashboard of a running system in a real browser, in both themes, on a
 * desk and on a phone.
 *
 *     SCARCITY_URL=http://127.0.0.1:8080 SCARCITY_TOKEN=... node pages.mjs [FOLDER]
 *
 * On each page it waits for something real to show, leaves a screenshot in FOLDER, and expects: a title
 * of its own, no error on the console, nothing wider than the window, and no violation of WCAG 2.2
 * AA that axe knows of. Then it goes through the frame by keyboard alone: the palette, the list of
 * shortcuts, the menu of a phone; and changes a component and changes it back.
 *
 * The last line of the output is JSON: {"ok": true, ...} or {"ok": false, "error": "..."}; the exit
 * code is 0 or 1. SCARCITY_STREAM names the stream that is looked at (default "world"),
 * SCARCITY_CHROMIUM the browser (default /usr/bin/chromium), SCARCITY_WAIT_S the patience for each
 * thing that is waited for (default 60). SCARCITY_PAGES visits only the pages that it names.
 */
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(new URL('../../services/dashboard/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const { default: AxeBuilder } = require('@axe-core/playwright')

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } }
const THEMES = ['dark', 'light']

const settings = {
  url: (process.env.SCARCITY_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, ''),
  token: process.env.SCARCITY_TOKEN ?? '',
  stream: process.env.SCARCITY_STREAM ?? 'world',
  browser: process.env.SCARCITY_CHROMIUM ?? '/usr/bin/chromium',
  timeout: 1000 * Number(process.env.SCARCITY_WAIT_S ?? 60),
  only: (process.env.SCARCITY_PAGES ?? '').split(',').filter(Boolean),
  folder: process.argv[2] ?? 'screenshots',
}

const stream = `/streams/${encodeURIComponent(settings.stream)}`

/** Name, address, and what shows that the page has more than its frame. */
const PAGES = [
  ['overview', '/', '.card'],
  ['stream', stream, '[data-testid="graph"]:not([data-edges="0"])'],
  ['table', `${stream}?view=table&edges=tested`, '[data-testid="edge-table"] tbody tr'],
  ['governor', '/governor', '.gauges tbody tr'],
  ['federation', '/federation', '[data-testid="forest"] tbody tr, .empty'],
  ['meta-learning', '/meta-learning', '.teaching tbody tr, .empty'],
  ['components', '/components', '.component-list > li'],
  ['component', '/components/mpie', '[data-testid="settings-form"]'],
  ['dead-letters', '/dead-letters', '.plain-page table, .empty'],
  ['nowhere', '/no/such/page', 'h1'],
]

/** Everything the browser complains of. A stream without a graph answers 404, as it should. */
function watchErrors(page) {
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    const isEarlyGraph =
      /\/graph\?/.test(message.location().url) && message.text().includes('status of 404')
    if (message.type() === 'error' && !isEarlyGraph) errors.push(message.text())
  })
  return errors
}

/** Where a page breaks a rule: the rule, and the first elements that do. */
async function violations(page) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(RULES).analyze()
  return found.map(({ id, nodes }) => {
    const where = nodes.slice(0, 4).map((node) => `${node.target.join(' ')} (${node.failureSummary})`)
    return `${id}: ${where.join('; ')}`
  })
}

async function shoot(page, name) {
  await page.screenshot({ path: join(settings.folder, `${name}.png`), fullPage: true })
}

/** Everything that is wrong with a page as it is shown now. */
async function faults(page, name) {
  const found = (await violations(page)).map((each) => `${name}: ${each}`)
  const overflow = () => document.documentElement.scrollWidth - window.innerWidth
  const wider = await page.evaluate(overflow)
  if (wider > 0) found.push(`${name}: ${wider} pixels wider than the window`)
  return found
}

async function visit(page, [name, address, sign], variant, titles) {
  await page.goto(`${settings.url}${address}`)
  await page.locator(sign).first().waitFor()
  await page.waitForTimeout(700)
  titles.add(await page.title())
  await shoot(page, `${name}-${variant}`)
  return faults(page, `${name} (${variant})`)
}

async function newPage(browser, size, colorScheme) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme,
    // Screenshots and contrast are of what stands still.
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(settings.timeout)
  const page = await context.newPage()
  const errors = watchErrors(page)
  await page.goto(`${settings.url}/#token=${settings.token}`)
  await page.locator('[data-testid="connection"]', { hasText: /^live$/ }).waitFor()
  return { page, errors }
}

async function visitAll(browser, size, theme) {
  const { page, errors } = await newPage(browser, size, theme)
  const titles = new Set()
  const found = []
  const wanted = PAGES.filter(([name]) => settings.only.length === 0 || settings.only.includes(name))
  for (const each of wanted) {
    found.push(...(await visit(page, each, `${theme}-${size}`, titles)))
  }
  const apart = new Set(wanted.map(([, address]) => address.split('?')[0])).size
  if (titles.size !== apart) found.push(`titles are not of their own: ${[...titles].join(', ')}`)
  found.push(...errors.map((error) => `console (${theme}-${size}): ${error}`))
  await page.context().close()
  return found
}

function expect(truth, said) {
  if (!truth) throw new Error(said)
}

/** The palette and the shortcuts, without a mouse. */
async function walkFrame(browser) {
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('fede page')
  await shoot(page, 'palette')
  const found = await faults(page, 'palette')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Federation', level: 1 }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await shoot(page, 'shortcuts')
  found.push(...(await faults(page, 'shortcuts')))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Components', level: 1 }).waitFor()
  await page.goBack()
  expect(page.url().endsWith('/federation'), 'the palette makes no history')
  await page.context().close()
  return [...found, ...errors]
}

async function walkMenu(browser) {
  const { page, errors } = await newPage(browser, 'phone', 'dark')
  await page.getByRole('button', { name: /^Pages, now/ }).click()
  await shoot(page, 'menu-phone')
  const found = await faults(page, 'menu')
  await page.getByRole('link', { name: 'Meta-learning' }).click()
  await page.getByRole('heading', { name: 'Meta-learning', level: 1 }).waitFor()
  const menu = page.getByRole('link', { name: 'Meta-learning', exact: true })
  expect(!(await menu.isVisible()), 'the menu stays open')
  await page.context().close()
  return [...found, ...errors]
}

async function confirm(page, version) {
  await page.getByRole('button', { name: 'Do it' }).click()
  await page.getByText(`Done: version ${version} is wanted`).waitFor()
}

/** Set a setting, be overtaken by somebody else, put it onto theirs, and undo it all. */
async function walkComponent(browser) {
  const { page, errors } = await newPage(browser, 'desk', 'dark')
  const address = `${settings.url}/api/v1/components/meta_learning`
  const headers = { Authorization: `Bearer ${settings.token}` }
  const read = async () => (await page.request.get(address, { headers })).json()
  const put = (data) => page.request.put(address, { headers, data })
  const { version } = (await read()).wanted
  await page.goto(`${settings.url}/components/meta_learning`)
  await page.locator('summary', { hasText: /^policy \d/ }).click()
  await page.getByLabel('target', { exact: true }).fill('7')
  expect(await page.getByText('at most 1').first().isVisible(), 'a bound is not said')
  await page.getByLabel('target', { exact: true }).fill('0.8')
  await page.getByRole('button', { name: 'Review the change' }).click()
  await page.getByRole('region', { name: /^Change Meta-learning/ }).waitFor()
  await shoot(page, 'review')
  const found = await faults(page, 'review')
  await put({ settings: { policy: { floor: 0.1 } } })
  await page.getByText(`Version ${version + 1} holds by now`).waitFor()
  await page.getByRole('button', { name: 'Do it' }).click()
  await page.getByRole('region', { name: 'Somebody else has changed it meanwhile' }).waitFor()
  await shoot(page, 'conflict')
  found.push(...(await faults(page, 'conflict')))
  await page.getByRole('button', { name: 'Put yours onto theirs' }).click()
  await confirm(page, version + 2)
  const { settings: both } = (await read()).wanted
  const wanted = { policy: { floor: 0.1, target: 0.8 } }
  expect(
    both.policy.floor === 0.1 && both.policy.target === 0.8,
    `${JSON.stringify(both)} is wanted, not ${JSON.stringify(wanted)}`,
  )
  await page.getByText('its instance does what is wanted').waitFor()
  await shoot(page, 'audit')
  await page.getByRole('button', { name: 'All settings as it was started' }).click()
  await confirm(page, version + 3)
  await page.context().close()
  // The refusal is what was asked for; Chromium reports it as it does every failed request.
  return [...found, ...errors.filter((error) => !error.includes('status of 412'))]
}

async function main() {
  await mkdir(settings.folder, { recursive: true })
  const browser = await chromium.launch({ executablePath: settings.browser, args: FLAGS })
  const found = []
  try {
    for (const size of Object.keys(SIZES)) {
      for (const theme of THEMES) found.push(...(await visitAll(browser, size, theme)))
    }
    if (settings.only.length === 0) {
      found.push(...(await walkFrame(browser)))
      found.push(...(await walkMenu(browser)))
      found.push(...(await walkComponent(browser)))
    }
  } finally {
    await browser.close()
  }
  if (found.length > 0) throw new Error(found.join('\n'))
  return { ok: true, pages: PAGES.length, folder: settings.folder }
}

const result = await main().catch((error) => ({ ok: false, error: String(error.message ?? error) }))
console.log(JSON.stringify(result))
process.exitCode = result.ok ? 0 : 1
