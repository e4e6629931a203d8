/** Every page of the dashboard: its name, its address, and what shows that it is more than a frame. */
import { call, isWanted, settings, streamPath } from './browser.mjs'

/** The newest trace of a stream that came through more than one service. */
async function newestTrace() {
  const stream = encodeURIComponent(settings.stream)
  const { items } = await call('GET', `/traces?stream=${stream}&limit=200`)
  const found = items.find(({ components }) => components.length > 1) ?? items[0]
  return found?.trace_id
}

async function newestEvent() {
  const { items } = await call('GET', '/events?type=edge&limit=1')
  return items[0]?.id
}

async function newestLetter() {
  const { items } = await call('GET', '/dead-letters?limit=50')
  return (items.find(({ bytes }) => bytes < 1000) ?? items[0])?.id
}

/** A stream whose graph has changed: one made to have a past, if it is there. */
export async function changedStream() {
  const { items } = await call('GET', '/streams?limit=500')
  return items.some(({ id }) => id === 'river') ? 'river' : settings.stream
}

/** The address of a stream that has a past, as something of it asks for. */
const ofPast = (search) => async () => {
  const stream = encodeURIComponent(await changedStream())
  const { points } = await call('GET', `/streams/${stream}/history`)
  const { paths } = await call('GET', `/streams/${stream}/graph`)
  const [early, late] = [points[Math.floor(points.length / 3)], points.at(-1)]
  const found = early && search({ early: early.at, late: late.at, path: paths[0]?.variables })
  return found ? `/streams/${stream}?${new URLSearchParams(found)}` : null
}

/** An address with something in it that is looked up; null where there is nothing. */
const about = (find, address) => async () => {
  const id = await find()
  return id === undefined ? null : address(encodeURIComponent(id))
}

const fixed = (address) => async () => address

export const PAGES = [
  ['overview', fixed('/'), '.card'],
  ['stream', fixed(streamPath), '[data-testid="graph"]:not([data-edges="0"])'],
  [
    'space',
    fixed(`${streamPath}?view=space`),
    '[data-testid="space"][data-state="drawn"]:not([data-edges="0"])',
  ],
  [
    'table',
    fixed(`${streamPath}?view=table&edges=tested`),
    '[data-testid="edge-table"] tbody tr',
  ],
  ['streams', fixed('/streams'), '[data-testid="streams"] :is(tbody tr, li)'],
  ['streams-found', fixed(`/streams?q=${settings.stream}&sort=-rate&state=running`), '[data-testid="streams"]'],
  ['stream-new', fixed('/streams/+new'), '[data-testid="definition-form"]'],
  ['definition', fixed(`${streamPath}/definition`), '[data-testid="variables"] li'],
  ['upload', fixed('/streams/+upload'), '.drop'],
  ['past', ofPast(({ early }) => ({ at: early })), '[data-testid="moment"] strong'],
  ['past-table', ofPast(({ early }) => ({ at: early, view: 'table' })), '[data-testid="past-table"] tbody tr'],
  ['difference', ofPast(({ early, late }) => ({ from: early, to: late })), '[data-testid="difference"] li'],
  [
    'difference-table',
    ofPast(({ early, late }) => ({ from: early, to: late, view: 'table' })),
    '[data-testid="difference-table"] tbody tr',
  ],
  [
    'path',
    ofPast(({ path }) => path && { path: `${path[0]}..${path.at(-1)}` }),
    '[data-testid="path"] strong',
  ],
  ['governor', fixed('/governor'), '.gauges tbody tr'],
  ['federation', fixed('/federation'), '[data-testid="forest"] tbody tr, .empty'],
  ['meta-learning', fixed('/meta-learning'), '.teaching tbody tr, .empty'],
  ['components', fixed('/components'), '.component-list > li'],
  ['component', fixed('/components/mpie'), '[data-testid="settings-form"]'],
  ['events', fixed('/events'), '[data-testid="events"] li'],
  ['event', about(newestEvent, (id) => `/events?type=edge&event=${id}`), '.json'],
  ['traces', fixed(`/traces?stream=${settings.stream}`), '[data-testid="traces"] tbody tr'],
  ['trace', about(newestTrace, (id) => `/traces/${id}`), '[data-testid="waterfall"] li'],
  [
    'trace-table',
    about(newestTrace, (id) => `/traces/${id}?view=table`),
    '[data-testid="span-table"] tbody tr',
  ],
  ['dead-letters', fixed('/dead-letters'), '[data-testid="letters"] tbody tr, .empty'],
  ['letter', about(newestLetter, (id) => `/dead-letters?letter=${id}`), '.letter .form-end'],
  ['keys', fixed('/keys'), '[data-testid="keys"] tbody tr, .empty'],
  ['nowhere', fixed('/no/such/page'), 'h1'],
]

/** The pages that are wanted and that there is something to see on: name, sign, address. */
export async function wantedPages() {
  const asked = PAGES.filter(([name]) => isWanted(name))
  const found = await Promise.all(
    asked.map(async ([name, find, sign]) => [name, sign, await find()]),
  )
  return found.filter(([, , address]) => address !== null)
}
