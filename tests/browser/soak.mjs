/**
 * Whether a page that is left open on a busy stream grows.
 *
 *     SCARCITY_URL=... SCARCITY_TOKEN=... SCARCITY_MINUTES=60 node soak.mjs [FOLDER]
 *
 * After every SCARCITY_SAMPLE_S seconds (default 60) what is left once the browser has collected
 * its garbage: `heap_mb` of JavaScript, and `nodes` of the document with those that nothing shows
 * any more. Growth is the mean of the last third less that of the third before, so that caches,
 * which fill up once, are not taken for leaks.
 */
import { expect, expectLive, newPage, run, settings, shoot, streamPath } from './browser.mjs'

const MINUTES = Number(process.env.SCARCITY_MINUTES ?? 60)
const SAMPLE_MS = 1000 * Number(process.env.SCARCITY_SAMPLE_S ?? 60)
const MIB = 2 ** 20

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length
const rounded = (x) => Math.round(100 * x) / 100

function growth(values) {
  const third = Math.floor(values.length / 3)
  return rounded(mean(values.slice(-third)) - mean(values.slice(-2 * third, -third)))
}

async function sample(page, cdp) {
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  const version = Number(await page.getByTestId('graph').getAttribute('data-version'))
  return { heap: rounded(usedSize / MIB), nodes, listeners: jsEventListeners, version }
}

await run(async (browser) => {
  const { page, errors } = await newPage(browser, 'desk', 'dark', { reducedMotion: 'no-preference' })
  await page.goto(`${settings.url}${streamPath}`)
  await page.locator('.graph-canvas[data-drawn]').waitFor()
  const cdp = await page.context().newCDPSession(page)
  const samples = []
  const end = performance.now() + 60_000 * MINUTES
  while (performance.now() < end) {
    await page.waitForTimeout(SAMPLE_MS)
    samples.push(await sample(page, cdp))
  }
  await expectLive(page)
  await shoot(page, 'soak')
  expect(errors.length === 0, `the console has errors: ${errors.join(' | ')}`)
  expect(samples.length >= 3, 'too short to tell anything')
  return {
    ok: true,
    minutes: MINUTES,
    graphs: samples.at(-1).version - samples[0].version,
    heap_mb: samples.map(({ heap }) => heap),
    heap_growth_mb: growth(samples.map(({ heap }) => heap)),
    nodes: samples.map(({ nodes }) => nodes),
    nodes_growth: growth(samples.map(({ nodes }) => nodes)),
    listeners_growth: growth(samples.map(({ listeners }) => listeners)),
  }
})
