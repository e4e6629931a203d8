/** Ways through the dashboard: what people do there, step by step. Each returns what was wrong. */
import { call, emptyPage, expect, expectLive, faults, newPage, settings, shoot, streamPath } from './browser.mjs'

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
  expect((await page.getByText(secret).count()) === 0, 'the key is still shown')
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

export const WAYS = {
  frame,
  menu,
  keyboard,
  roles,
  narrow,
  'change-component': changeComponent,
  'mend-letter': mendLetter,
  'make-key': makeKey,
  'follow-events': followEvents,
}
