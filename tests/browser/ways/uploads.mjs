/** A file of records, and what may happen to it on the way. */
import { call, expect, faults, newPage, settings, shoot } from '../browser.mjs'
import { tabTo } from './steps.mjs'

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
export async function uploadFile(browser) {
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
export async function brokenUpload(browser) {
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
