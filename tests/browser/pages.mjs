/**
 * Visits every page of the dashboard of a running system in a real browser, in both themes, on a
 * desk and on a phone, and goes the ways that people go there.
 *
 *     SCARCITY_URL=http://127.0.0.1:8080 SCARCITY_TOKEN=... node pages.mjs [FOLDER]
 *
 * On each page it waits for something real to show, leaves a screenshot in FOLDER, and expects: a title
 * of its own, no error on the console, nothing wider than the window, and no violation of WCAG 2.2
 * AA that axe knows of. The ways are in `ways/`: signing in and out, by keyboard alone from there
 * to the trace of an edge, what roles are told, changing a component, mending a dead letter, keys.
 *
 * The last line of the output is JSON: {"ok": true, ...} or {"ok": false, "error": "..."}; the exit
 * code is 0 or 1. SCARCITY_STREAM names the stream that is looked at (default "world"),
 * SCARCITY_CHROMIUM the browser (default /usr/bin/chromium), SCARCITY_WAIT_S the patience for each
 * thing that is waited for (default 60). SCARCITY_PAGES names the pages and ways that are wanted.
 */
import { faults, isWanted, newPage, run, SIZES, settings, shoot, THEMES } from './browser.mjs'
import { PAGES, wantedPages } from './places.mjs'
import { WAYS } from './ways/index.mjs'

async function visit(page, [name, sign, address], variant) {
  await page.goto(`${settings.url}${address}`)
  await page.locator(sign).first().waitFor()
  await page.waitForTimeout(400)
  await shoot(page, `${name}-${variant}`)
  return faults(page, `${name} (${variant})`)
}

async function visitAll(browser, size, theme) {
  const { page, errors } = await newPage(browser, size, theme)
  const titles = new Set()
  const found = []
  const pages = await wantedPages()
  for (const each of pages) {
    found.push(...(await visit(page, each, `${theme}-${size}`)))
    titles.add(await page.title())
  }
  const apart = new Set(pages.map(([, , address]) => address.split('?')[0])).size
  if (titles.size !== apart) found.push(`titles are not of their own: ${[...titles].join(', ')}`)
  found.push(...errors.map((error) => `console (${theme}-${size}): ${error}`))
  await page.context().close()
  return [pages.map(([name]) => name), found]
}

await run(async (browser) => {
  const found = []
  let visited = []
  if (PAGES.some(([name]) => isWanted(name))) {
    for (const size of Object.keys(SIZES)) {
      for (const theme of THEMES) {
        const [pages, wrong] = await visitAll(browser, size, theme)
        visited = pages
        found.push(...wrong)
      }
    }
  }
  const ways = Object.keys(WAYS).filter(isWanted)
  for (const name of ways) {
    const wrong = await WAYS[name](browser).catch((error) => [String(error.message ?? error)])
    found.push(...wrong.map((each) => `${name}: ${each}`))
  }
  if (found.length > 0) throw new Error(found.join('\n'))
  return { ok: true, visited, ways, folder: settings.folder }
})
