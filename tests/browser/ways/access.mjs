/** Who may come in, and what is shown to whom. */
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
} from '../browser.mjs'

async function signIn(page, credential) {
  await page.getByLabel('Token or key').fill(credential)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A viewer is told what is not his; a key that is revoked ends what it began, where one is. */
export async function roles(browser) {
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
export async function narrow(browser) {
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

/** Make a key, see it once, and revoke it. */
export async function makeKey(browser) {
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
