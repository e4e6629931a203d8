/** Streams: what they are said to be, and keeping them. */
import {
  call,
  eventually,
  expect,
  expectLive,
  faults,
  newPage,
  settings,
  shoot,
} from '../browser.mjs'
import { tabTo } from './steps.mjs'

/** Define a stream, see what a change does, and be overtaken by somebody else. */
export async function defineStream(browser) {
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
export async function keepStreams(browser) {
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
