/**
 * How a graph of many variables moves under the hand, in a browser without a graphics card.
 *
 *     SCARCITY_URL=... SCARCITY_TOKEN=... SCARCITY_STREAM=crowd SCARCITY_SECONDS=5 \
 *         node large_graph.mjs [FOLDER]
 *
 * drawn_s      from the address to the graph on the canvas, and of how many edges
 * pan, zoom    frames a second while a hand does so, on the mean and all but the slowest twentieth;
 *              `cpu_ms` is the processor time of the page, a frame, whoever else is at work
 * blocked_ms   the longest that the page did not answer, until drawn and right after it
 * moved        ways of moving it after which it looked otherwise
 */
import { expect, expectLive, newPage, run, settings, shoot, streamPath } from './browser.mjs'

const SECONDS = Number(process.env.SCARCITY_SECONDS ?? 5)
const STEP_MS = 8

/** Notes every stretch of work over 50 ms, from the first script on. */
function watchWork() {
  window.blocked = []
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.blocked.push(Math.round(duration))
  }).observe({ type: 'longtask', buffered: true })
}

function beginFrames() {
  window.frames_ms = []
  let last = performance.now()
  const note = (now) => {
    window.frames_ms?.push(now - last)
    last = now
    if (window.frames_ms) requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
}

function endFrames() {
  const found = window.frames_ms.slice(1)
  window.frames_ms = null
  return found
}

const rounded = (x) => Math.round(10 * x) / 10

function rates(frames) {
  const sorted = [...frames].sort((a, b) => a - b)
  const total = frames.reduce((sum, ms) => sum + ms, 0)
  const slow = sorted[Math.floor(0.95 * (sorted.length - 1))]
  return {
    frames: frames.length,
    fps: rounded((1000 * frames.length) / total),
    fps_p5: rounded(1000 / slow),
    slowest_ms: rounded(sorted.at(-1)),
  }
}

/** Seconds of processor time that pages have used, with their workers. */
async function used(browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const pages = processInfo.filter(({ type }) => type === 'renderer')
  return pages.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}

/** Frames while `move` is called again and again, with the time since the beginning in seconds. */
async function framesOf(page, move) {
  const browser = page.context().browser()
  const before = await used(browser)
  await page.evaluate(beginFrames)
  const begun = performance.now()
  for (let now = 0; now < SECONDS; now = (performance.now() - begun) / 1000) {
    await move(now)
    await page.waitForTimeout(STEP_MS)
  }
  const found = rates(await page.evaluate(endFrames))
  return { ...found, cpu_ms: rounded((1000 * ((await used(browser)) - before)) / found.frames) }
}

/** Presses the button where no variable stands: at the corner of the stage. */
async function pan(page, box) {
  const [x, y] = [box.x + 8, box.y + 8]
  await page.mouse.move(x, y)
  await page.mouse.down()
  const found = await framesOf(page, (t) =>
    page.mouse.move(x + 300 * Math.sin(2 * t + 0.5) ** 2, y + 200 * Math.sin(3 * t + 0.5) ** 2),
  )
  await page.mouse.up()
  return found
}

async function zoom(page, box) {
  await page.mouse.move(box.x + box.width / 2, box.y + 200)
  await page.keyboard.down('Control')
  const found = await framesOf(page, (t) => page.mouse.wheel(0, t % 1.2 < 0.9 ? -30 : 30))
  await page.keyboard.up('Control')
  return found
}

/** Whether the canvas looks otherwise after a movement than before. */
async function moving(page, move) {
  const picture = () => page.locator('.graph-canvas').screenshot()
  const before = await picture()
  const found = await move()
  await page.waitForTimeout(1000)
  return { ...found, isMoved: !before.equals(await picture()) }
}

const longest = (found) => Math.max(0, ...found)

const takeBlocked = () => window.blocked.splice(0)

await run(async (browser) => {
  const { page, errors } = await newPage(browser, 'desk', 'dark', { reducedMotion: 'no-preference' })
  await page.addInitScript(watchWork)
  const begun = performance.now()
  await page.goto(`${settings.url}${streamPath}`)
  const canvas = page.locator('.graph-canvas[data-drawn]')
  await canvas.waitFor()
  const drawn_s = rounded((performance.now() - begun) / 1000)
  const opening = await page.evaluate(takeBlocked)
  await page.waitForTimeout(2000)
  const settling = await page.evaluate(takeBlocked)
  await shoot(page, 'large')
  const graph = page.getByTestId('graph')
  const box = await graph.boundingBox()
  const ways = {
    pan: await moving(page, () => pan(page, box)),
    zoom: await moving(page, () => zoom(page, box)),
  }
  await page.screenshot({ path: `${settings.folder}/large-zoomed.png` })
  await expectLive(page)
  expect(errors.length === 0, `the console has errors: ${errors.join(' | ')}`)
  return {
    ok: true,
    nodes: Number(await graph.getAttribute('data-nodes')),
    edges: Number(await graph.getAttribute('data-edges')),
    drawn: Number(await canvas.getAttribute('data-drawn')),
    drawn_s,
    ...ways,
    moved: Object.keys(ways).filter((way) => ways[way].isMoved),
    blocked_ms: { opening: longest(opening), settling: longest(settling) },
  }
})
