/** Ways through the dashboard: what people do there, step by step. Each returns what was wrong. */
import { readFile } from 'node:fs/promises'
import {
  call,
  emptyPage,
  eventually,
  expect,
  expectLive,
  faults,
  newPage,
  settings,
  shoot,
  streamPath,
} from './browser.mjs'
import { changedStream } from './places.mjs'

/** The palette and the shortcuts, without a mouse. */
async function frame(browser) {
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

async function menu(browser) {
  const { page, errors } = await newPage(browser, 'phone', 'dark')
  await page.getByRole('button', { name: /^Pages, now/ }).click()
  await shoot(page, 'menu-phone')
  const found = await faults(page, 'menu')
  await page.getByRole('link', { name: 'Meta-learning' }).click()
  await page.getByRole('heading', { name: 'Meta-learning', level: 1 }).waitFor()
  const link = page.getByRole('link', { name: 'Meta-learning', exact: true })
  expect(!(await link.isVisible()), 'the menu stays open')
  await page.getByRole('button', { name: /^You are token/ }).click()
  await shoot(page, 'account-phone')
  found.push(...(await faults(page, 'account')))
  await page.context().close()
  return [...found, ...errors]
}

async function confirm(page, version) {
  await page.getByRole('button', { name: 'Do it' }).click()
  await page.getByText(`Done: version ${version} is wanted`).waitFor()
}

/** Set a setting, be overtaken by somebody else, put it onto theirs, and undo it all. */
async function changeComponent(browser) {
  const { page, errors } = await newPage(browser, 'desk', 'dark')
  const address = '/components/meta_learning'
  const wanted = async () => (await call('GET', address)).wanted
  const { version } = await wanted()
  await page.goto(`${settings.url}${address}`)
  await page.locator('summary', { hasText: /^policy \d/ }).click()
  await page.getByLabel('target', { exact: true }).fill('7')
  expect(await page.getByText('at most 1').first().isVisible(), 'a bound is not said')
  await page.getByLabel('target', { exact: true }).fill('0.8')
  await page.getByRole('button', { name: 'Review the change' }).click()
  await page.getByRole('region', { name: /^Change Meta-learning/ }).waitFor()
  await shoot(page, 'review')
  const found = await faults(page, 'review')
  await call('PUT', address, { settings: { policy: { floor: 0.1 } } })
  await page.getByText(`Version ${version + 1} holds by now`).waitFor()
  await page.getByRole('button', { name: 'Do it' }).click()
  await page.getByRole('region', { name: 'Somebody else has changed it meanwhile' }).waitFor()
  await shoot(page, 'conflict')
  found.push(...(await faults(page, 'conflict')))
  await page.getByRole('button', { name: 'Put yours onto theirs' }).click()
  await confirm(page, version + 2)
  const { policy } = (await wanted()).settings
  expect(policy.floor === 0.1 && policy.target === 0.8, `${JSON.stringify(policy)} is wanted`)
  await page.getByText('its instance does what is wanted').waitFor()
  await shoot(page, 'audit')
  await page.getByRole('button', { name: 'All settings as it was started' }).click()
  await confirm(page, version + 3)
  await page.context().close()
  // The refusal is what was asked for; Chromium reports it as it does every failed request.
  return [...found, ...errors.filter((error) => !error.includes('status of 412'))]
}

const MOST_TABS = 120

/** Press Tab until the keyboard is in an element. */
async function tabTo(page, wanted, what) {
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${what} is not reached by Tab`)
}

/** An edge of the graph that has changed of late, so that its trace is still kept. */
async function changedEdge() {
  const stream = encodeURIComponent(settings.stream)
  const { edges } = await call('GET', `/streams/${stream}/graph?state=accepted`)
  const { items } = await call('GET', `/events?type=edge&stream=${stream}&limit=500`)
  const isIn = (change) => (edge) =>
    ['source', 'target', 'lag'].every((name) => edge[name] === change[name])
  const found = items.find((item) => item.source !== item.target && edges.some(isIn(item)))
  expect(found, `no edge of ${settings.stream} has changed of late`)
  return found
}

/** Sign in, go to a stream, to one of its edges, to the trace that it is from; sign out. */
async function keyboard(browser) {
  const { page, errors } = await emptyPage(browser, 'desk', 'dark')
  await page.goto(`${settings.url}/components?from=here`)
  const field = page.getByLabel('Token or key')
  await field.waitFor()
  const found = await faults(page, 'sign-in')
  await tabTo(page, field, 'the field of the sign-in form')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await shoot(page, 'sign-in')
  await page.keyboard.type(settings.token)
  await page.keyboard.press('Enter')
  await expectLive(page)
  expect(page.url().endsWith('/components?from=here'), 'signing in loses the address')
  await expectNoSecret(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type(`${settings.stream} stream`)
  await page.getByRole('option', { name: settings.stream }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${streamPath}`)
  const table = page.getByRole('button', { name: 'Table' })
  await table.waitFor()
  await tabTo(page, table, 'the switch to the table')
  await page.keyboard.press('Enter')
  const { source, target, lag } = await changedEdge()
  const row = page.getByTestId('edge-table').getByRole('row').filter({
    has: page.getByRole('button', { name: new RegExp(`^${source} . ${target}`) }),
  })
  const edge = row.filter({ has: page.getByRole('cell', { name: String(lag), exact: true }) })
  await tabTo(page, edge.getByRole('button').first(), `${source} → ${target}`)
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Edge', exact: true }).waitFor()
  const trace = page.getByRole('link', { name: 'its trace' }).first()
  await trace.waitFor()
  await shoot(page, 'edge')
  await tabTo(page, trace, 'the link to the trace')
  await page.keyboard.press('Enter')
  const span = page.getByTestId('waterfall').getByRole('button').first()
  await span.waitFor()
  await tabTo(page, span, 'the first span')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'The chosen span' }).waitFor()
  found.push(...(await faults(page, 'span')))
  await shoot(page, 'span')
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await page.getByTestId(`stream-card-${settings.stream}`).waitFor()
  const account = page.getByRole('button', { name: /^You are token/ })
  await tabTo(page, account, 'who one is')
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'Sign out' }), 'the way out')
  await page.keyboard.press('Enter')
  await page.getByText('You have signed out.').waitFor()
  await page.reload()
  await field.waitFor()
  await page.context().close()
  // A wrong token was tried, and a session that is over asked for.
  return [...found, ...errors.filter((error) => !error.includes('status of 401'))]
}

/** No script of the page can get hold of the credential, nor of the cookie. */
async function expectNoSecret(page) {
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]),
  )
  expect(!kept.includes(settings.token), 'the token is kept where scripts can read it')
  expect(!kept.includes('scarcity_session'), 'the cookie can be read by scripts')
}

async function signIn(page, credential) {
  await page.getByLabel('Token or key').fill(credential)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A viewer is told what is not his; a key that is revoked ends what it began, where one is. */
async function roles(browser) {
  const name = `looks-${Date.now()}`
  const made = await call('POST', '/keys', { name, role: 'viewer' })
  const { page, errors } = await emptyPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}${streamPath}`)
  await signIn(page, made.key)
  await page.getByText(`Pausing a stream takes an operator; you are a viewer here (key:${name}).`).waitFor()
  expect(await page.getByRole('button', { name: 'Pause' }).isDisabled(), 'a viewer may pause')
  await expectLive(page)
  await shoot(page, 'viewer-stream')
  const found = await faults(page, 'viewer-stream')
  await page.goto(`${settings.url}/dead-letters`)
  await page.getByText('Reading dead letters takes an operator').waitFor()
  await shoot(page, 'viewer-dead-letters')
  found.push(...(await faults(page, 'viewer-dead-letters')))
  await page.goto(`${settings.url}/components/mpie`)
  await page.getByText('Changing a component takes an admin').waitFor()
  found.push(...(await faults(page, 'viewer-component')))
  expect(errors.length === 0, errors.join('; '))
  await call('DELETE', `/keys/${made.id}`)
  await page.getByText('Your session is over').waitFor()
  expect(page.url().endsWith('/components/mpie'), 'the address is lost with the session')
  await signIn(page, settings.token)
  await page.getByRole('heading', { name: 'MPIE', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Switch off' }).waitFor()
  expect(await page.getByRole('button', { name: 'Switch off' }).isEnabled(), 'an admin may not')
  await page.context().close()
  return found
}

/** Who is let in for some streams sees those, asks instead of listening, and meets no error. */
async function narrow(browser) {
  const name = `near-${Date.now()}`
  const made = await call('POST', '/keys', { name, role: 'operator', streams: [settings.stream] })
  const { page, errors } = await emptyPage(browser, 'desk', 'dark')
  await page.goto(settings.url)
  await signIn(page, made.key)
  await page.getByTestId(`stream-card-${settings.stream}`).waitFor()
  expect((await page.locator('.card').count()) === 1, 'other streams are shown')
  await page.locator('[data-testid="connection"]', { hasText: /^asking$/ }).waitFor()
  await shoot(page, 'narrow-overview')
  const found = await faults(page, 'narrow-overview')
  await page.goto(`${settings.url}/events`)
  await page.getByTestId('events').getByRole('listitem').first().waitFor()
  await page.goto(`${settings.url}/dead-letters`)
  await page.getByText('Reading dead letters is about all streams').waitFor()
  await call('DELETE', `/keys/${made.id}`)
  await page.context().close()
  return [...found, ...errors]
}

/** Look into a dead letter, try it, mend it, send it again, and see what became of it. */
async function mendLetter(browser) {
  const asked = '/dead-letters?reason=broken-json&limit=50'
  const waiting = (await call('GET', asked)).items.find(({ replays }) => replays.length === 0)
  if (!waiting) return []
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}/dead-letters?reason=broken-json`)
  const place = `${waiting.origin_topic}/${waiting.partition}/${waiting.offset}`
  const row = page.getByTestId('letters').getByRole('row').filter({ hasText: place })
  await row.getByRole('button', { name: 'broken-json' }).click()
  const whole = page.getByRole('region', { name: 'Dead letter', exact: true })
  await whole.getByRole('button', { name: 'Try it' }).click()
  await whole.getByText('It would be refused again').waitFor()
  const asText = whole.getByRole('button', { name: 'as text' })
  if (await asText.isVisible()) await asText.click()
  await whole.getByLabel(/^Value/).fill('{"values": {"x0": 1.5, "x1": "high"}}')
  await whole.getByRole('button', { name: 'Try it' }).click()
  await whole.getByText('It would be accepted now.').waitFor()
  await whole.getByText('x1 (not-a-number)').waitFor()
  const found = await faults(page, 'letter')
  await shoot(page, 'letter-tried')
  await whole.getByRole('button', { name: 'Send it edited' }).click()
  await whole.getByText('It was sent again.').waitFor()
  await whole.getByTestId('story').getByText('token').first().waitFor()
  await row.getByText('sent again').waitFor()
  await shoot(page, 'letter-sent')
  await page.getByRole('button', { name: 'Send them again…' }).click()
  await page.getByRole('button', { name: 'Send up to 100' }).click()
  await page.getByText(/letters? sent again/).first().waitFor()
  found.push(...(await faults(page, 'letters sent')))
  await page.context().close()
  return [...found, ...errors]
}

/** Make a key, see it once, and revoke it. */
async function makeKey(browser) {
  const name = `line-${Date.now()}`
  const { page, errors } = await newPage(browser, 'desk', 'dark')
  await page.goto(`${settings.url}/keys`)
  await page.getByLabel('Name').fill('no name!')
  await page.getByText('letters, digits, dots').waitFor()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Role').selectOption('operator')
  await page.getByLabel('Streams').fill('line-*, hall-1')
  await page.getByLabel('Days').fill('30')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const made = page.getByTestId('new-key')
  const secret = await made.locator('code').innerText()
  expect(secret.startsWith('scy_'), 'the key is not shown')
  await shoot(page, 'key-made')
  const found = await faults(page, 'key-made')
  await made.getByRole('button', { name: 'I have it' }).click()
  const shown = async () => (await page.getByText(secret).count()) > 0
  await eventually(async () => !(await shown()), 'the key is still shown')
  const row = page.getByTestId('keys').getByRole('row').filter({ hasText: name })
  await row.getByText('line-*, hall-1').waitFor()
  await row.getByRole('button', { name: `Revoke ${name}` }).click()
  await row.getByRole('button', { name: `Revoke ${name} for good` }).click()
  await row.waitFor({ state: 'detached' })
  await page.context().close()
  return [...found, ...errors]
}

/** New events come in by themselves, wait while one reads, and one is shown whole. */
async function followEvents(browser) {
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}/events`)
  const lines = page.getByTestId('events').getByRole('listitem')
  const first = () => lines.first().locator('.log-summary').innerText()
  await lines.first().waitFor()
  const before = await lines.first().locator('time').getAttribute('datetime')
  const isNewer = (at) =>
    document.querySelector('[data-testid="events"] time')?.getAttribute('datetime') !== at
  await page.waitForFunction(isNewer, before)
  await lines.first().hover()
  await page.getByText('Held still while you read').waitFor()
  const held = await first()
  await page.getByText(/Held still while you read: .*\d+ new/).waitFor()
  expect(held === (await first()), 'a list that is read moves')
  await lines.first().getByRole('button').click()
  await page.getByRole('region', { name: 'The chosen event' }).locator('.json').waitFor()
  expect(new URL(page.url()).searchParams.has('event'), 'the event is not in the address')
  const found = await faults(page, 'an event')
  await shoot(page, 'event-held')
  await page.context().close()
  return [...found, ...errors]
}

const cameraOf = (page) => new URL(page.url()).searchParams.get('camera')
const RAISES = '62adff'

/** How many pixels of a saved picture have a colour. */
async function pixels(page, file, colour) {
  const picture = `data:image/png;base64,${(await readFile(file)).toString('base64')}`
  return page.evaluate(
    async ([source, wanted]) => {
      const image = Object.assign(new Image(), { src: source })
      await image.decode()
      const sheet = new OffscreenCanvas(image.width, image.height).getContext('2d')
      sheet.drawImage(image, 0, 0)
      const { data } = sheet.getImageData(0, 0, image.width, image.height)
      const rgb = [0, 2, 4].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16))
      let found = 0
      for (let i = 0; i < data.length; i += 4) {
        if (rgb.every((value, k) => Math.abs(data[i + k] - value) < 6)) found += 1
      }
      return found
    },
    [picture, colour],
  )
}

/** The graph unrolled in time, by keyboard: turned, an edge chosen, linked to and saved. */
async function space(browser) {
  const motion = { reducedMotion: 'no-preference' }
  const { page, errors } = await newPage(browser, 'desk', 'dark', motion)
  await page.goto(`${settings.url}${streamPath}`)
  const choice = page.getByRole('button', { name: '3D', exact: true })
  await choice.waitFor()
  await tabTo(page, choice, 'the switch to 3D')
  await page.keyboard.press('Enter')
  const drawn = page.locator('[data-testid="space"][data-state="drawn"]:not([data-edges="0"])')
  await drawn.waitFor()
  const turning = page.getByRole('button', { name: 'Turn' })
  expect((await turning.getAttribute('aria-pressed')) === 'true', 'it does not turn at first')
  await tabTo(page, drawn, 'the stage')
  await page.keyboard.press('ArrowRight')
  await page.getByRole('region', { name: 'Edge', exact: true }).waitFor()
  expect((await turning.getAttribute('aria-pressed')) === 'false', 'it turns on under the hand')
  await page.waitForFunction(() => location.search.includes('camera='))
  await page.keyboard.press('Home')
  await page.waitForFunction(() => !location.search.includes('camera='))
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Shift+ArrowUp')
  await page.keyboard.press('+')
  await page.waitForFunction(() => location.search.includes('camera='))
  expect(cameraOf(page) === '-24,26,125', `the camera is at ${cameraOf(page)}`)
  await page.reload()
  await drawn.waitFor()
  expect((await turning.getAttribute('aria-pressed')) === 'false', 'a permalink turns')
  expect(cameraOf(page) === '-24,26,125', 'the camera is lost')
  await page.getByRole('region', { name: 'Edge', exact: true }).waitFor()
  await shoot(page, 'space-edge')
  const found = await faults(page, 'space-edge')
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'PNG' }).click()
  const blue = await pixels(page, await (await saving).path(), RAISES)
  expect(blue > 200, `${blue} pixels of the picture are of an edge that raises`)
  await page.context().close()
  return [...found, ...errors]
}

/** Without WebGL, and when it is taken away, the reader is told so and led on. */
async function spaceless(browser) {
  const { page, errors } = await newPage(browser, 'phone', 'light')
  await page.goto(`${settings.url}${streamPath}?view=space`)
  const state = (name) => page.locator(`[data-testid="space"][data-state="${name}"]`).waitFor()
  await state('drawn')
  const lose = await page.evaluateHandle(() =>
    document.querySelector('.space canvas').getContext('webgl2').getExtension('WEBGL_lose_context'),
  )
  await lose.evaluate((it) => it.loseContext())
  await state('lost')
  await page.getByText('taken the drawing surface away').waitFor()
  await lose.evaluate((it) => it.restoreContext())
  await state('drawn')
  await page.addInitScript(() => {
    const before = HTMLCanvasElement.prototype.getContext
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind.startsWith('webgl') ? null : before.call(this, kind, ...rest)
    }
  })
  await page.reload()
  await state('absent')
  await shoot(page, 'space-absent')
  const found = await faults(page, 'space-absent')
  await page.getByText('offers no WebGL').waitFor()
  const table = page.getByTestId('space').getByRole('link', { name: 'table' })
  await tabTo(page, table, 'the link to the table')
  await page.keyboard.press('Enter')
  await page.getByTestId('edge-table').waitFor()
  await page.context().close()
  return [...found, ...errors]
}

/** How many edges are drawn, once as many are as there should be. */
const drawn = (page, edges) =>
  page.locator(`[data-testid="graph"][data-edges="${edges}"]`).waitFor()

/** Text of a file that a button saves. */
async function saved(page, name) {
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name, exact: true }).press('Enter')
  return readFile(await (await coming).path(), 'utf8')
}

/** Back in time and to now, by keyboard alone; what is seen is in the address. */
async function backInTime(browser) {
  const stream = encodeURIComponent(await changedStream())
  const { page, errors } = await newPage(browser, 'desk', 'dark')
  await page.goto(`${settings.url}/streams/${stream}`)
  const slider = page.getByRole('slider', { name: 'Moment that is shown' })
  await slider.waitFor()
  await tabTo(page, slider, 'the time slider')
  await page.keyboard.press('Home')
  await page.getByTestId('moment').waitFor()
  await page.keyboard.press('ArrowRight')
  const said = await slider.getAttribute('aria-valuetext')
  expect(/ago, \d+ edge/.test(said), `the slider says ${said}`)
  await page.waitForURL(/at=/)
  const { points, since } = await call('GET', `/streams/${stream}/history`)
  await page.keyboard.press('Home')
  await page.waitForURL(`**at=${encodeURIComponent(since)}`)
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight')
  const at = await movedFrom(page, since)
  const { edges } = await call('GET', `/streams/${stream}/graph/at?at=${encodeURIComponent(at)}`)
  const crossing = edges.filter(({ source, target }) => source !== target)
  await drawn(page, crossing.length)
  expect(points.some((point) => point.at === at), `nothing changed at ${at}`)
  const found = await faults(page, 'past')
  const graphml = await saved(page, 'GraphML')
  expect(graphml.match(/<edge /g)?.length === edges.length, 'GraphML has other edges')
  await page.reload()
  await drawn(page, crossing.length)
  const [{ source, target, lag }] = crossing
  await page.goto(`${page.url()}&${new URLSearchParams({ source, target, lag })}`)
  await page.getByTestId('then').getByText(/It had last changed at/).waitFor()
  await page.getByText('Where it is from').press('Enter')
  await page.getByRole('button', { name: /window's id$/ }).waitFor()
  await shoot(page, 'edge-then')
  found.push(...(await faults(page, 'edge then')))
  await page.keyboard.press('Escape')
  await tabTo(page, page.getByRole('button', { name: 'Replay' }), 'the replay')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.getByTestId('moment').waitFor({ state: 'detached' })
  await page.context().close()
  return [...found, ...errors]
}

/** The moment in the address once it is another one. */
async function movedFrom(page, before) {
  const moment = () => new URL(page.url()).searchParams.get('at')
  await page.waitForURL((url) => ![null, before].includes(url.searchParams.get('at')))
  await page.waitForTimeout(1000)
  return moment()
}

/** Compare two moments, and find a path through the graph of now, by keyboard alone. */
async function compareAndFind(browser) {
  const stream = encodeURIComponent(await changedStream())
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}/streams/${stream}`)
  const compare = page.getByRole('button', { name: 'Compare' })
  await compare.waitFor()
  await tabTo(page, compare, 'the comparison')
  await page.keyboard.press('Enter')
  const before = page.getByRole('slider', { name: 'Before' })
  await before.waitFor()
  await tabTo(page, before, 'the moment before')
  await page.keyboard.press('Home')
  const { since } = await call('GET', `/streams/${stream}/history`)
  await page.waitForURL((url) => url.searchParams.get('from') === since)
  const panel = page.getByTestId('difference')
  await panel.getByText(/appeared \(/).first().waitFor()
  const link = page.url()
  const found = await faults(page, 'difference')
  await page.goto(link)
  await panel.getByText(/appeared \(/).first().waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Live again' }), 'the way back')
  await page.keyboard.press('Enter')
  await panel.waitFor({ state: 'detached' })
  const { paths } = await call('GET', `/streams/${stream}/graph`)
  expect(paths.length > 0, 'the graph has no path')
  const [start, end] = [paths[0].variables[0], paths[0].variables.at(-1)]
  await tabTo(page, page.getByLabel('From', { exact: true }), 'where a path begins')
  await page.keyboard.type(start)
  await tabTo(page, page.getByLabel('To', { exact: true }), 'where a path ends')
  await page.keyboard.type(end)
  const way = page.getByTestId('paths').getByRole('button').last()
  await way.waitFor()
  await tabTo(page, way, 'the last path')
  await page.keyboard.press('Enter')
  await page.waitForURL(/way=/)
  const shown = await page.getByTestId('path').locator('strong').textContent()
  expect((await way.textContent()).startsWith(shown), `${shown} is lit`)
  found.push(...(await faults(page, 'path')))
  const svg = await saved(page, 'SVG')
  expect(svg.startsWith('<svg ') && svg.includes(`>${start}</text>`), 'the SVG lacks a variable')
  await page.context().close()
  return [...found, ...errors]
}

/** A file as a spreadsheet in Germany writes it: some of its rows and cells are no good. */
function spreadsheet(rows) {
  const two = (n) => String(n).padStart(2, '0')
  const line = (i) => {
    const at = `31.01.2026 ${two(10 + Math.floor(i / 3600))}:${two(Math.floor(i / 60) % 60)}:${two(i % 60)}`
    const pressure = (Math.sin(i / 3) + 1.5).toFixed(3).replace('.', ',')
    const flow = (Math.sin((i - 1) / 3) + 2.5).toFixed(3).replace('.', ',')
    return `${i === 7 ? 'gestern' : at};${pressure};${i === 9 ? 'defekt' : flow};Halle 3`
  }
  const lines = Array.from({ length: rows }, (_, i) => line(i))
  return `Zeit;Druck;Durchfluss;Ort\r\n${lines.join('\r\n')}\r\n1;2\r\n`
}

/** Choose a file, and see what it is read as. */
async function choose(page, name, rows) {
  await page.getByLabel('Choose a CSV file, or drop it here').setInputFiles({
    name: `${name}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(spreadsheet(rows)),
  })
  await page.getByTestId('preview').locator('tbody tr').first().waitFor()
}

/** Bring a file in by keyboard: what it means, where it goes, what of it is refused, its graph. */
async function uploadFile(browser) {
  const name = `hall-${Date.now()}`
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}/streams`)
  await tabTo(page, page.getByRole('link', { name: 'Upload a file' }).first(), 'the upload')
  await page.keyboard.press('Enter')
  await choose(page, name, 1500)
  expect((await page.getByLabel('Separator').inputValue()) === ';', 'the separator is not told')
  expect((await page.getByLabel('Decimal sign').inputValue()) === ',', 'nor is the decimal sign')
  expect((await page.getByLabel('The time is written as').inputValue()) === 'dmy', 'nor the time')
  await page.getByText('1 time cannot be read').waitFor()
  await page.getByText('1 no number, such as “defekt”').waitFor()
  const called = page.getByLabel('Druck is called')
  await tabTo(page, called, 'the name of a column')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Durchfluss')
  await page.getByText('another column is called so, too').first().waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('pressure')
  const found = await faults(page, 'upload')
  await shoot(page, 'upload-columns')
  await tabTo(page, page.getByRole('button', { name: `to ${name}` }), 'the way in')
  await page.keyboard.press('Enter')
  await page.getByTestId('upload-phase').getByText('done').waitFor()
  const rejects = page.getByTestId('rejects').getByRole('row')
  await rejects.filter({ hasText: 'bad-timestamp' }).filter({ hasText: '9' }).waitFor()
  await rejects.filter({ hasText: 'misfit' }).filter({ hasText: '1,502' }).waitFor()
  await page.getByTestId('upload-figures').getByText('1,499').waitFor()
  found.push(...(await faults(page, 'upload done')))
  await shoot(page, 'upload-done')
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download them as CSV' }).click()
  expect((await file).suggestedFilename() === `${name}-rejected.csv`, 'rejects are no file')
  await tabTo(page, page.getByRole('link', { name: `To the graph of ${name}` }), 'its graph')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  const isThere = async () => (await call('GET', `/streams/${name}`)).records >= 1280
  for (let i = 0; i < 40 && !(await isThere()); i += 1) await page.waitForTimeout(500)
  const { variables } = await call('GET', `/streams/${name}`)
  expect(variables.join() === 'pressure,Durchfluss', `its variables are ${variables}`)
  await call('DELETE', `/streams/${name}`)
  await page.context().close()
  return [...found, ...errors]
}

/** The line breaks while a file is sent: nothing is sent twice but what one says, and no less. */
async function brokenUpload(browser) {
  const name = `broken-${Date.now()}`
  const { page, errors } = await newPage(browser, 'phone', 'dark')
  let requests = 0
  let taken = 0
  await page.route('**/records', async (route) => {
    requests += 1
    if (requests === 2) return route.abort('connectionreset')
    const answer = await route.fetch()
    taken += (await answer.json()).accepted
    return route.fulfill({ response: answer })
  })
  await page.goto(`${settings.url}/streams/+upload?stream=${name}`)
  await choose(page, 'any', 2500)
  const found = await faults(page, 'upload on a phone')
  await shoot(page, 'upload-phone')
  await page.getByRole('button', { name: `to ${name}` }).click()
  await page.getByRole('alertdialog').waitFor()
  await page.getByText('rows 1002 to 2001').waitFor()
  found.push(...(await faults(page, 'unsure')))
  await shoot(page, 'upload-unsure')
  await page.getByRole('link', { name: 'Streams' }).first().click()
  await page.getByRole('heading', { name: 'Streams', level: 1 }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: /^Send them again: 1,?000 records may come twice/ }).click()
  await page.getByTestId('upload-phase').getByText('done').waitFor()
  await page.getByText('perhaps twice').waitFor()
  expect(requests === 4, `${requests} requests for three batches, one of which was lost`)
  expect(taken === 2499, `${taken} of 2499 records came in`)
  await call('DELETE', `/streams/${name}`)
  await page.context().close()
  // The line was broken on purpose, and a trace of the request is looked for.
  const isMeant = (error) => /ERR_CONNECTION_RESET|status of 404/.test(error)
  return [...found, ...errors.filter((error) => !isMeant(error))]
}

/** Define a stream, see what a change does, and be overtaken by somebody else. */
async function defineStream(browser) {
  const name = `boiler-${Date.now()}`
  const { page, errors } = await newPage(browser, 'desk', 'dark')
  await page.goto(`${settings.url}/streams/+new`)
  await page.getByLabel('Name').fill('no name!')
  await page.getByText('letters, digits, dots').waitFor()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('size, steps').fill('3')
  await page.getByText('✕').first().waitFor()
  expect(await page.getByRole('button', { name: 'Review it' }).isDisabled(), 'a bound is not kept')
  await page.getByLabel('size, steps').fill('32')
  await tabTo(page, page.getByRole('button', { name: 'Name them beforehand' }), 'the variables')
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'Add a variable' }), 'a variable more')
  await page.keyboard.press('Enter')
  await page.keyboard.type('heat')
  await page.keyboard.press('Tab')
  await page.keyboard.type('°C')
  await tabTo(page, page.getByRole('button', { name: 'Review it' }), 'the review')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: `Define ${name}?` }).waitFor()
  const found = await faults(page, 'definition')
  await shoot(page, 'definition-review')
  await tabTo(page, page.getByRole('button', { name: 'Save it' }), 'the way to save it')
  await page.keyboard.press('Enter')
  await page.getByText('✓ Saved as version').waitFor()
  const { window, units } = await call('GET', `/streams/${name}`)
  expect(window.size === 32 && units.heat === '°C', 'it is defined otherwise')
  await page.getByLabel('size, steps').fill('16')
  await page.getByRole('button', { name: 'Review it' }).click()
  await call('PUT', `/streams/${name}`, { domain: 'boilers', window: { size: 64 } })
  await page.getByRole('button', { name: 'Save it' }).click()
  await page.getByText('Somebody else has made it version').waitFor()
  await shoot(page, 'definition-overtaken')
  found.push(...(await faults(page, 'overtaken')))
  await page.getByRole('button', { name: 'Save it all the same' }).click()
  await page.getByText('✓ Saved as version').waitFor()
  await page.getByText('overtaken').waitFor({ state: 'detached' })
  const size = async () => (await call('GET', `/streams/${name}`)).window.size
  await eventually(async () => (await size()) === 16, 'it was not saved')
  await call('DELETE', `/streams/${name}`)
  await page.context().close()
  // The refusal is what was asked for.
  return [...found, ...errors.filter((error) => !error.includes('status of 412'))]
}

/** Find a stream, let it pause and go on, forget it; keep the view of it, and come back to it. */
async function keepStreams(browser) {
  const name = `lines-${Date.now()}`
  await call('PUT', `/streams/${name}`, { variables: [{ name: 'heat' }], domain: 'boilers' })
  const { page, errors } = await newPage(browser, 'desk', 'light')
  await page.goto(`${settings.url}/streams`)
  await page.getByLabel('Find').fill(name)
  await page.keyboard.press('Enter')
  const row = page.getByTestId('streams').getByRole('row').filter({ hasText: name })
  await page.getByText(/^1 of \d+ streams$/).waitFor()
  await page.getByRole('button', { name: 'records' }).click()
  expect(page.url().includes('sort=-records'), 'the order is not in the address')
  await row.getByRole('button', { name: 'Pause' }).click()
  const dialog = page.getByRole('dialog')
  await shoot(page, 'stream-pause')
  await dialog.getByRole('button', { name: 'Pause it' }).click()
  await row.getByText('paused').waitFor()
  await row.getByRole('button', { name: 'Resume' }).click()
  await row.getByText('running').waitFor()
  const menu = page.getByRole('button', { name: 'Saved views' })
  await menu.click()
  await page.getByLabel('Save what you look at as').fill('my lines')
  await page.keyboard.press('Enter')
  await page.getByText('Saved as my lines.').waitFor()
  await shoot(page, 'saved-views')
  const found = await faults(page, 'saved views')
  await page.keyboard.press('Escape')
  await page.goto(`${settings.url}/`)
  await expectLive(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('my li')
  await page.getByRole('option', { name: /my lines/ }).waitFor()
  await page.keyboard.press('Enter')
  await row.waitFor()
  expect(page.url().includes('sort=-records'), 'the view is not whole')
  await menu.click()
  await page.getByRole('button', { name: 'rename my lines' }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('our lines')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'delete our lines' }).click()
  await page.getByText('our lines is deleted.').waitFor()
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: 'Forget' }).click()
  const forget = dialog.getByRole('button', { name: 'Forget it for good' })
  expect(await forget.isDisabled(), 'a stream is forgotten without its name')
  await dialog.getByRole('textbox').fill(name)
  await shoot(page, 'stream-forget')
  found.push(...(await faults(page, 'forgetting')))
  await forget.click()
  await row.waitFor({ state: 'detached' })
  await page.context().close()
  return [...found, ...errors]
}

export const WAYS = {
  frame,
  menu,
  keyboard,
  roles,
  narrow,
  'in-space': space,
  'without-webgl': spaceless,
  'change-component': changeComponent,
  'mend-letter': mendLetter,
  'make-key': makeKey,
  'follow-events': followEvents,
  'back-in-time': backInTime,
  'compare-and-find': compareAndFind,
  'upload-file': uploadFile,
  'broken-upload': brokenUpload,
  'define-stream': defineStream,
  'keep-streams': keepStreams,
}
