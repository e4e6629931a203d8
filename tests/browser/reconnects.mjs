/**
 * Whether a page whose line breaks again and again misses anything.
 *
 *     SCARCITY_URL=... SCARCITY_TOKEN=... SCARCITY_BREAKS=50 SCARCITY_SEED=1 node reconnects.mjs
 *
 * Between page and gateway stands a proxy that cuts the line of the live feed at random moments,
 * while edges of one stream after the other appear. A reader whose line never breaks says what there
 * was to see. Then the line `restart` asks whoever reads the output to start the gateway anew, if
 * SCARCITY_RESTART is set: its feed is another one, and the page must begin afresh.
 *
 * lost, twice, resets   events of the feed, as they came to the page
 * differs               changes that the overview shows in the end, where the gateway says others
 */
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { emptyPage, expect, expectLive, run, settings } from './browser.mjs'
import { Follower, parse } from './following.mjs'
import { call, generator, Producer } from './producing.mjs'

const BREAKS = Number(process.env.SCARCITY_BREAKS ?? 50)
const SEED = Number(process.env.SCARCITY_SEED ?? 1)
const WINDOW = 32
/** So many windows make edges; then it is the next stream's turn. */
const WINDOWS = 12
/** What the overview shows of the newest changes. */
const SHOWN = 10
const HOLDS_MS = 900
const EVERY_MS = 120
const FEED = /^\/api\/v1\/stream(\?|$)/
const QUIET_MS = 1500

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Passes bytes on, and knows which lines carry the feed. */
class Proxy {
  #feeds = new Set()
  breaks = 0

  async start() {
    const { hostname, port } = new URL(settings.url)
    this.server = createServer((client) => this.#pass(client, connect(Number(port), hostname)))
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `http://127.0.0.1:${this.server.address().port}`
  }

  #pass(client, gateway) {
    const close = () => {
      this.#feeds.delete(client)
      client.destroy()
      gateway.destroy()
    }
    client.on('data', (bytes) => {
      // The browser uses a line for one call after the other.
      const asked = bytes.toString('latin1').match(/^[A-Z]+ (\S+) HTTP/)
      if (asked) this.#feeds[FEED.test(asked[1]) ? 'add' : 'delete'](client)
      gateway.write(bytes)
    })
    gateway.on('data', (bytes) => client.write(bytes))
    for (const end of [client, gateway]) end.on('error', close).on('close', close)
  }

  /** Waits for a line of the feed, lets it hold for a while, and breaks it. */
  async break(holds) {
    while (this.#feeds.size === 0) await pause(20)
    await pause(holds)
    for (const client of this.#feeds) {
      this.breaks += 1
      client.destroy()
    }
  }

  stop() {
    this.server.close()
    for (const client of this.#feeds) client.destroy()
  }
}

/** Keeps a copy of all that comes to the page on the feed, line by line. */
function copyFeed() {
  window.feed = []
  const real = window.fetch
  window.fetch = async (...asked) => {
    const answer = await real(...asked)
    if (new URL(answer.url).pathname !== '/api/v1/stream' || !answer.ok) return answer
    const [ours, theirs] = answer.body.tee()
    const copy = { text: '' }
    window.feed.push(copy)
    const read = async () => {
      for await (const text of ours.pipeThrough(new TextDecoderStream())) copy.text += text
    }
    read().catch(() => {})
    return new Response(theirs, answer)
  }
}

/** Items that came whole; what a break cut off does not count. */
async function itemsOf(page) {
  const texts = await page.evaluate(() => window.feed.map(({ text }) => text))
  return texts.flatMap((text) => text.split('\n\n').slice(0, -1).map(parse).filter(Boolean))
}

function judged(seen, told) {
  const numbers = seen.map(({ number }) => number)
  const known = new Set(numbers)
  const since = told.filter(({ number }) => number >= numbers[0])
  return {
    events: since.length,
    edges: since.filter(({ kind }) => kind === 'edge').length,
    lost: since.filter(({ number }) => !known.has(number)).length,
    twice: numbers.length - known.size,
    disordered: numbers.filter((number, i) => i > 0 && number <= numbers[i - 1]).length,
    resets: seen.filter(({ kind }) => kind === 'reset').length,
  }
}

/** The newest changes of edges between two variables, as the gateway tells them. */
async function due() {
  const { items } = await call('GET', '/events?limit=200')
  const cross = items.filter(({ source, target }) => source !== target)
  return cross.slice(0, SHOWN).map(({ summary, stream }) => `${summary} ${stream}`)
}

/** The same, as the page shows them. */
function shown(page) {
  const read = (items) =>
    items.map((item) => {
      const link = item.querySelector('a[href^="/streams/"]')
      return `${link?.textContent} ${link?.pathname.split('/')[2]}`
    })
  return page.locator('.change').evaluateAll(read)
}

/** Null once the page shows what is due, or what differs after a while. */
async function differences(page) {
  for (let i = 0; ; i += 1) {
    const [now, wanted] = [await shown(page), await due()]
    if (JSON.stringify(now) === JSON.stringify(wanted)) return null
    if (i === 40) return { shown: now, wanted }
    await pause(250)
  }
}

async function quiet(follower) {
  let count = -1
  while (count !== follower.items.length) {
    count = follower.items.length
    await pause(QUIET_MS)
  }
}

/** Windows of one stream after the other. */
async function* windows(random) {
  for (let number = 0; ; number += 1) {
    const producer = new Producer(`breaking-${number}`, WINDOW, random)
    await producer.define()
    for (let i = 0; i < WINDOWS; i += 1) yield producer.window()
  }
}

async function produceUntil(producing, isDone) {
  while (!isDone()) {
    await producing.next()
    await pause(EVERY_MS)
  }
}

async function broken(page, proxy, producing, random) {
  let isDone = false
  const done = produceUntil(producing, () => isDone)
  while (proxy.breaks < BREAKS) await proxy.break(random() * HOLDS_MS)
  await expectLive(page)
  isDone = true
  await done
}

/** The gateway is another one afterwards: what a reader of its feed knew is not known there. */
async function restarted(page, producing) {
  const before = (await itemsOf(page)).length
  console.log('restart')
  const isDown = () =>
    fetch(`${settings.url}/readyz`).then(
      ({ ok }) => !ok,
      () => true,
    )
  while (!(await isDown())) await pause(20)
  while (await isDown()) await pause(50)
  await expectLive(page)
  for (let i = 0; i < 2 * WINDOWS; i += 1) await producing.next()
  const differs = await differences(page)
  const resets = (await itemsOf(page)).slice(before).filter(({ kind }) => kind === 'reset')
  return { resets: resets.length, differs }
}

await run(async (browser) => {
  const random = generator(SEED)
  const producing = windows(random)
  const follower = new Follower()
  const proxy = new Proxy()
  for (let i = 0; i < WINDOWS; i += 1) await producing.next()
  await follower.start()
  const address = await proxy.start()
  const { page } = await emptyPage(browser, 'desk', 'dark')
  await page.addInitScript(copyFeed)
  await page.goto(`${address}/#token=${settings.token}`)
  await page.locator('.change').first().waitFor()
  await broken(page, proxy, producing, random)
  await quiet(follower)
  const found = judged(await itemsOf(page), follower.items)
  const differs = await differences(page)
  await follower.stop()
  const restart = process.env.SCARCITY_RESTART ? await restarted(page, producing) : null
  proxy.stop()
  expect(found.edges > 0, 'no edge changed')
  return { ok: true, seed: SEED, breaks: proxy.breaks, ...found, differs, restart }
})
