/**
 * Takes a screenshot of every page of the dashboard of a running system, as wide as a desk.
 *
 *     SCARCITY_URL=http://127.0.0.1:8080 SCARCITY_TOKEN=... node screenshots.mjs FOLDER
 *
 * FOLDER/NAME.png is dark, FOLDER/NAME-light.png light. What is set and said is as in `pages.mjs`.
 */
import { join } from 'node:path'
import { newPage, run, settings, THEMES } from './browser.mjs'
import { wantedPages } from './places.mjs'

const SIZE = { width: 1280, height: 780 }
/** What fades makes a picture large, and says nothing. */
const PLAIN = 'body { background: none } .top { backdrop-filter: none } * { box-shadow: none !important }'

async function take(browser, theme, pages) {
  const { page } = await newPage(browser, 'desk', theme, { viewport: SIZE })
  for (const [name, sign, address] of pages) {
    await page.goto(`${settings.url}${address}`)
    await page.locator(sign).first().waitFor()
    await page.addStyleTag({ content: PLAIN })
    await page.waitForTimeout(1500)
    const file = theme === 'dark' ? name : `${name}-${theme}`
    await page.screenshot({ path: join(settings.folder, `${file}.png`) })
  }
  await page.context().close()
}

await run(async (browser) => {
  const pages = (await wantedPages()).filter(([name]) => name !== 'nowhere')
  for (const theme of THEMES) await take(browser, theme, pages)
  return { ok: true, pages: pages.length, folder: settings.folder }
})
