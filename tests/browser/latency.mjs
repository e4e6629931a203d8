/**
 * When an open page shows what a window of records has changed.
 *
 *     SCARCITY_URL=... SCARCITY_TOKEN=... SCARCITY_WINDOWS=200 SCARCITY_SEED=1 node latency.mjs
 *
 * Sends windows at uneven intervals, each changing the graph that the page of the stream shows. Of
 * each graph, in milliseconds until its version, or a newer one, is in the document:
 *
 * told_ms     since another reader of the live feed was told of it
 * record_ms   since the last record of its window was sent
 */
import { expect, expectLive, newPage, run, settings } from './browser.mjs'
import { Follower } from './following.mjs'
import { generator, Producer } from './producing.mjs'

const WINDOWS = Number(process.env.SCARCITY_WINDOWS ?? 200)
const SEED = Number(process.env.SCARCITY_SEED ?? 1)
const WINDOW = 32
/** Windows until there is something to test, and so a graph. */
const FIRST = 8
const INTERVAL_MS = [500, 1500]

function watchVersions() {
  window.shown = []
  const note = () => {
    const version = Number(document.querySelector('[data-testid="graph"]')?.dataset.version)
    if (!version || version === window.shown.at(-1)?.[0]) return
    window.shown.push([version, performance.timeOrigin + performance.now()])
  }
  new MutationObserver(note).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-version'],
  })
}

/** Of a graph of the feed, when it was told, when its records were sent, and when it was seen. */
function delays(item, posted, shown) {
  const sent = posted[Math.ceil(item.data.rows / WINDOW) - 1]
  const seen = shown.find(([version]) => version >= item.data.version)
  expect(seen, `version ${item.data.version} of the graph was never shown`)
  return { overtaken: seen[0] > item.data.version, told: seen[1] - item.at, record: seen[1] - sent }
}

await run(async (browser) => {
  const random = generator(SEED)
  const producer = new Producer('latency', WINDOW, random)
  const follower = new Follower()
  await producer.define()
  const posted = []
  for (let i = 0; i < FIRST; i += 1) posted.push(await producer.window())
  const { page, errors } = await newPage(browser, 'desk', 'dark', { reducedMotion: 'no-preference' })
  await page.addInitScript(watchVersions)
  await page.goto(`${settings.url}/streams/${producer.name}`)
  await page.locator('.graph-canvas[data-drawn]').waitFor()
  await expectLive(page)
  await follower.start()
  for (let i = 0; i < WINDOWS; i += 1) {
    await page.waitForTimeout(INTERVAL_MS[0] + random() * (INTERVAL_MS[1] - INTERVAL_MS[0]))
    posted.push(await producer.window())
  }
  await page.waitForTimeout(3000)
  await follower.stop()
  expect(errors.length === 0, `the console has errors: ${errors.join(' | ')}`)
  const graphs = follower.items.filter((i) => i.kind === 'graph' && i.data.stream === producer.name)
  const shown = await page.evaluate(() => window.shown)
  const found = graphs.map((item) => delays(item, posted, shown))
  return {
    ok: true,
    events: found.length,
    overtaken: found.filter(({ overtaken }) => overtaken).length,
    told_ms: found.map(({ told }) => told),
    record_ms: found.map(({ record }) => record),
  }
})
