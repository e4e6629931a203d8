/** Around all pages: the palette, the shortcuts, the menu, and everything by keyboard alone. */
import {
  call,
  emptyPage,
  expect,
  expectLive,
  faults,
  newPage,
  settings,
  shoot,
  streamPath,
} from '../browser.mjs'
import { tabTo } from './steps.mjs'

/** The palette and the shortcuts, without a mouse. */
export async function frame(browser) {
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

export async function menu(browser) {
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

/** No script of the page can get hold of the credential, nor of the cookie. */
async function expectNoSecret(page) {
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]),
  )
  expect(!kept.includes(settings.token), 'the token is kept where scripts can read it')
  expect(!kept.includes('scarcity_session'), 'the cookie can be read by scripts')
}

/** Sign in, go to a stream, to one of its edges, to the trace that it is from; sign out. */
export async function keyboard(browser) {
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
