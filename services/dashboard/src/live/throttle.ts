/** At most one call per key and interval: the first at once, the last of a burst at its end. */
export class Throttle {
  readonly #intervalMs: number
  readonly #run: (key: string) => void
  readonly #pending = new Map<string, { again: boolean; timer: ReturnType<typeof setTimeout> }>()

  constructor(intervalMs: number, run: (key: string) => void) {
    this.#intervalMs = intervalMs
    this.#run = run
  }

  ask(key: string): void {
    const pending = this.#pending.get(key)
    if (pending) {
      pending.again = true
      return
    }
    this.#run(key)
    const timer = setTimeout(() => this.#elapsed(key), this.#intervalMs)
    this.#pending.set(key, { again: false, timer })
  }

  /** Forget every call that waits. */
  clear(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer)
    this.#pending.clear()
  }

  #elapsed(key: string): void {
    const again = this.#pending.get(key)?.again
    this.#pending.delete(key)
    if (again) this.ask(key)
  }
}
