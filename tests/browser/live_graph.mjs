/**
 * Watches the dashboard of a running system in a real browser, as its reader would.
 *
 *     SCARCITY_URL=http://127.0.0.1:8080 SCARCITY_TOKEN=... node live_graph.mjs [FOLDER]
 *
 * Opens the overview and the page of one stream (SCARCITY_STREAM, default "world"); waits for
 * a causal edge and for a newer version of the graph; expects the connection to be live and the
 * console to be free of errors; leaves screenshots of both themes and of a phone in FOLDER.
 *
 * The last line of the output is JSON: {"ok": true, ...} or {"ok": false, "error": "..."}; the exit
 * code is 0 or 1. SCARCITY_CHROMIUM names the browser (default /usr/bin/chromium), SCARCITY_WAIT_S
 * the patience for each thing that is waited for (default 60).
 */
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const dashboard = new URL('../../services/dashboard/package.json', import.meta.url)
const { chromium } = createRequire(dashboard)('playwright-core')

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const settings = {
  url: (process.env.SCARCITY_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, ''),
  token: process.env.SCARCITY_TOKEN ?? '',
  stream: process.env.SCARCITY_STREAM ?? 'world',
  browser: process.env.SCARCITY_CHROMIUM ?? '/usr/bin/chromium',
  timeout: 1000 * Number(process.env.SCARCITY_WAIT_S ?? 60),
  folder: process.argv[2] ?? 'screenshots',
}

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

async function shoot(page, name) {
  await page.screenshot({ path: join(settings.folder, `${name}.png`), fullPage: true })
}

async function expectLive(page) {
  await page.locator('[data-testid="connection"]', { hasText: /^live$/ }).waitFor()
}

async function watchOverview(page) {
  await page.goto(`${settings.url}/#token=${settings.token}`)
  await page.getByTestId(`stream-card-${settings.stream}`).waitFor()
  await expectLive(page)
  if (page.url().includes('token')) throw new Error('the token stayed in the address bar')
  await shoot(page, 'overview')
}

async function numberIn(graph, attribute) {
  return Number(await graph.getAttribute(attribute))
}

async function waitForGrowth(page, attribute, over) {
  const grew = ([name, least]) =>
    Number(document.querySelector('[data-testid="graph"]')?.getAttribute(name)) > least
  await page.waitForFunction(grew, [attribute, over])
}

async function watchGraph(page) {
  await page.getByTestId(`stream-card-${settings.stream}`).getByRole('link').click()
  const graph = page.getByTestId('graph')
  await waitForGrowth(page, 'data-edges', 0)
  const before = await numberIn(graph, 'data-version')
  await waitForGrowth(page, 'data-version', before)
  await expectLive(page)
  await shoot(page, 'stream')
  return {
    nodes: await numberIn(graph, 'data-nodes'),
    edges: await numberIn(graph, 'data-edges'),
    versions: [before, await numberIn(graph, 'data-version')],
  }
}

/** The table holds the rows that the graph draws, but for changes between the two looks. */
async function watchTable(page) {
  await page.getByRole('button', { name: 'Table' }).click()
  await page.getByTestId('edge-table').locator('tbody tr').first().waitFor()
  const rows = await page.getByTestId('edge-table').locator('tbody tr').count()
  await page.getByTestId('edge-table').getByRole('button', { name: /→|—/ }).first().click()
  await page.getByRole('region', { name: 'Edge', exact: true }).waitFor()
  await shoot(page, 'table')
  await page.getByRole('button', { name: 'Graph', exact: true }).click()
  return rows
}

async function accuracy(page) {
  const precision = page.getByTestId('accuracy-precision')
  if ((await precision.count()) === 0) return null
  const recall = page.getByTestId('accuracy-recall')
  return { precision: Number(await precision.innerText()), recall: Number(await recall.innerText()) }
}

async function shootVariants(page) {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForTimeout(300)
  await shoot(page, 'stream-light')
  await page.setViewportSize({ width: 360, height: 740 })
  await page.waitForTimeout(300)
  await shoot(page, 'stream-phone')
  const overflow = () => document.documentElement.scrollWidth > window.innerWidth
  if (await page.evaluate(overflow)) throw new Error('the page is wider than a phone')
}

async function watch(browser) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 900 },
    colorScheme: 'dark',
  })
  context.setDefaultTimeout(settings.timeout)
  const page = await context.newPage()
  const errors = watchErrors(page)
  await watchOverview(page)
  const graph = await watchGraph(page)
  const rows = await watchTable(page)
  const measured = await accuracy(page)
  await shootVariants(page)
  if (errors.length > 0) throw new Error(`the console has errors: ${errors.join(' | ')}`)
  return { ok: true, ...graph, rows, accuracy: measured }
}

async function main() {
  await mkdir(settings.folder, { recursive: true })
  const browser = await chromium.launch({ executablePath: settings.browser, args: FLAGS })
  try {
    return await watch(browser)
  } finally {
    await browser.close()
  }
}

const result = await main().catch((error) => ({ ok: false, error: String(error.message ?? error) }))
console.log(JSON.stringify(result))
process.exitCode = result.ok ? 0 : 1
