/** The graph unrolled in time. */
import { readFile } from 'node:fs/promises'
import { expect, faults, newPage, settings, shoot, streamPath } from '../browser.mjs'
import { tabTo } from './steps.mjs'

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
export async function space(browser) {
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
export async function spaceless(browser) {
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
