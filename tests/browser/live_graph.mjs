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
import { emptyPage, expectLive, run, settings, shoot } from './browser.mjs'

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

await run(async (browser) => {
  const { page, errors } = await emptyPage(browser, 'desk', 'dark', {
    viewport: { width: 1360, height: 900 },
    reducedMotion: 'no-preference',
  })
  await watchOverview(page)
  const graph = await watchGraph(page)
  const rows = await watchTable(page)
  const measured = await accuracy(page)
  await shootVariants(page)
  if (errors.length > 0) throw new Error(`the console has errors: ${errors.join(' | ')}`)
  return { ok: true, ...graph, rows, accuracy: measured }
})
