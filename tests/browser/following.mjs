/** A reader of the live feed whose line never breaks, to compare a page with. */
import { settings } from './browser.mjs'

/**
 * An item of the feed: its number, kind and data, and when it came, milliseconds since 1970. Null for
 * what says no more than that the line stands.
 */
export function parse(frame) {
  const fields = new Map(frame.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
  if (!fields.has('id') || !fields.has('data')) return null
  const [, number] = fields.get('id').split('-')
  const at = performance.timeOrigin + performance.now()
  const data = JSON.parse(fields.get('data'))
  return { id: fields.get('id'), number: Number(number), kind: fields.get('event'), data, at }
}

export class Follower {
  items = []
  #leaving = new AbortController()

  /** Resolves once the line stands; items are added as they come. */
  async start() {
    const headers = { Authorization: `Bearer ${settings.token}` }
    const { signal } = this.#leaving
    const { body } = await fetch(`${settings.url}/api/v1/stream`, { headers, signal })
    this.ended = this.#read(body.pipeThrough(new TextDecoderStream())).catch(() => {})
  }

  stop() {
    this.#leaving.abort()
    return this.ended
  }

  async #read(chunks) {
    let waiting = ''
    for await (const chunk of chunks) {
      const frames = (waiting + chunk).split('\n\n')
      waiting = frames.pop()
      this.items.push(...frames.map(parse).filter(Boolean))
    }
  }
}
