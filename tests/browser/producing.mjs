/** Records for a stream whose causes change again and again, sent as a producer would. */
import { expect, settings } from './browser.mjs'

const VARIABLES = 6
const STEP_MS = 1000
const BEGIN = Date.UTC(2026, 0, 1)
/** After so many rows the causes act the other way round. */
const TURN = 160

/** Uniform on [0, 1), the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export async function call(method, path, body, type = 'application/json') {
  const headers = { Authorization: `Bearer ${settings.token}`, 'Content-Type': type }
  const answer = await fetch(`${settings.url}/api/v1${path}`, { method, headers, body })
  expect(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
  return answer.json()
}

/** A stream in windows of `size` rows; each call of `window` sends one, and says when it was out. */
export class Producer {
  #row = 0
  #last = Array(VARIABLES).fill(0)

  constructor(name, size, random) {
    Object.assign(this, { name, size, random })
  }

  define() {
    return call('PUT', `/streams/${this.name}`, JSON.stringify({ window: { size: this.size } }))
  }

  async window() {
    const lines = Array.from({ length: this.size }, () => JSON.stringify(this.#record()))
    const posted = performance.timeOrigin + performance.now()
    const path = `/streams/${this.name}/records`
    await call('POST', path, lines.join('\n'), 'application/x-ndjson')
    return posted
  }

  /** Each variable drives the next. */
  #record() {
    const sign = Math.floor(this.#row / TURN) % 2 ? -1 : 1
    const noise = () => this.random() + this.random() + this.random() - 1.5
    this.#last = this.#last.map((_, i) => (i ? 0.8 * sign * this.#last[i - 1] : 0) + noise())
    const ts = new Date(BEGIN + STEP_MS * this.#row).toISOString()
    this.#row += 1
    return { ts, values: Object.fromEntries(this.#last.map((x, i) => [`x${i}`, x])) }
  }
}
