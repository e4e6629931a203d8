/** What a graph was, and ways through it. */
import { readFile } from 'node:fs/promises'
import { call, eventually, expect, faults, newPage, settings, shoot } from '../browser.mjs'
import { changedStream } from '../places.mjs'
import { tabTo } from './steps.mjs'

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
export async function backInTime(browser) {
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
export async function compareAndFind(browser) {
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
  const lit = page.getByTestId('path').locator('strong')
  const isLit = async () => (await way.textContent()).startsWith(await lit.textContent())
  await eventually(isLit, 'another path is lit')
  found.push(...(await faults(page, 'path')))
  const svg = await saved(page, 'SVG')
  expect(svg.startsWith('<svg ') && svg.includes(`>${start}</text>`), 'the SVG lacks a variable')
  await page.context().close()
  return [...found, ...errors]
}
