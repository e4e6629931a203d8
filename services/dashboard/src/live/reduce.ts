/**
 * How a live event changes what the page already knows. Pure: old value in, new value out.
 *
 * Every reduction is idempotent, since a resumed feed may repeat an event, and leaves alone
 * what it does not know: an event never invents a list that was not fetched.
 */
import type { Change, Page, StreamDetail, StreamSummary } from '../api/client'
import type { Command, Component, ComponentDetail } from '../api/components'
import type { Decision, GovernedInstance } from '../api/governor'
import type { DeadLetter, LetterPage } from '../api/letters'
import type { GraphNotice } from './items'

const CHANGES_KEPT = 200
const LETTERS_KEPT = 200
const RATES_KEPT = 120
const DECISIONS_KEPT = 500
const COMMANDS_KEPT = 50
const MEMORY_KEPT = 180

/** Recent rates per stream, oldest first. */
export type RateHistory = Record<string, number[]>

function replaceOrAppend<T>(items: T[], item: T, same: (other: T) => boolean): T[] {
  const at = items.findIndex(same)
  return at < 0 ? [...items, item] : items.with(at, item)
}

export function withStream(
  page: Page<StreamSummary> | undefined,
  stream: StreamSummary,
): Page<StreamSummary> | undefined {
  return page && { ...page, items: replaceOrAppend(page.items, stream, (s) => s.id === stream.id) }
}

export function withoutStream(
  page: Page<StreamSummary> | undefined,
  id: string,
): Page<StreamSummary> | undefined {
  return page && { ...page, items: page.items.filter((stream) => stream.id !== id) }
}

/** Truth and accuracy come only with the detail, so the summary must not erase them. */
export function withSummary(
  detail: StreamDetail | undefined,
  stream: StreamSummary,
): StreamDetail | undefined {
  return detail && { ...detail, ...stream }
}

export function withNotice<S extends StreamSummary>(stream: S, notice: GraphNotice): S {
  return {
    ...stream,
    windows: Math.max(stream.windows, notice.windows),
    edges: notice.edges,
  }
}

export function withGraphNotice(
  page: Page<StreamSummary> | undefined,
  notice: GraphNotice,
): Page<StreamSummary> | undefined {
  const patch = (s: StreamSummary) => (s.id === notice.stream ? withNotice(s, notice) : s)
  return page && { ...page, items: page.items.map(patch) }
}

export function withComponent(
  page: { items: Component[] } | undefined,
  component: Component,
): { items: Component[] } | undefined {
  return page && { items: replaceOrAppend(page.items, component, (c) => c.name === component.name) }
}

export function withChange(
  page: Page<Change> | undefined,
  change: Change,
): Page<Change> | undefined {
  if (!page || page.items.some((known) => known.id === change.id)) return page
  return { ...page, items: [change, ...page.items].slice(0, CHANGES_KEPT) }
}

const oneMore = (counts: Record<string, number>, of: string): Record<string, number> => ({
  ...counts,
  [of]: (counts[of] ?? 0) + 1,
})

export function withDeadLetter(
  page: LetterPage | undefined,
  letter: DeadLetter,
): LetterPage | undefined {
  if (!page || page.items.some((known) => known.id === letter.id)) return page
  return {
    ...page,
    counts: oneMore(page.counts, letter.reason),
    origins: oneMore(page.origins, letter.origin_topic),
    unsent: oneMore(page.unsent, letter.reason),
    items: [letter, ...page.items].slice(0, LETTERS_KEPT),
  }
}

export function withRate(history: RateHistory, id: string, rate: number): RateHistory {
  return { ...history, [id]: [...(history[id] ?? []), rate].slice(-RATES_KEPT) }
}

const sameDecision = (a: Decision, b: Decision): boolean =>
  a.instance === b.instance && a.by === b.by && a.at === b.at

export function withDecision(
  known: Decision[] | undefined,
  decision: Decision,
): Decision[] | undefined {
  if (!known || known.some((other) => sameDecision(other, decision))) return known
  return [decision, ...known].slice(0, DECISIONS_KEPT)
}

/** How it does changes often; what can be wanted, and the commands before, come with the detail. */
export function withStatus(
  detail: ComponentDetail | undefined,
  component: Component,
): ComponentDetail | undefined {
  return detail && { ...detail, ...component }
}

/** Whether other instances are there, or they obey another version: then they work otherwise. */
export function worksOtherwise(before: Component, now: Component): boolean {
  const obeyed = ({ instances }: Component) =>
    instances
      .map(({ id, configured }) => `${id} ${configured}`)
      .sort()
      .join()
  return obeyed(before) !== obeyed(now)
}

export function withCommand(
  detail: ComponentDetail | undefined,
  command: Command,
): ComponentDetail | undefined {
  if (!detail || detail.commands.some((known) => known.id === command.id)) return detail
  return { ...detail, commands: [command, ...detail.commands].slice(0, COMMANDS_KEPT) }
}

/** Memory used at a moment, milliseconds since the epoch. */
export interface MemoryPoint {
  at: number
  used: number
}

/** Memory used per instance since the page was opened, oldest first. */
export type MemoryHistory = Record<string, MemoryPoint[]>

export function withMemory(
  history: MemoryHistory,
  instances: readonly GovernedInstance[],
): MemoryHistory {
  const points = instances.map(({ id, at, sample }) => {
    const known = history[id] ?? []
    const used = sample.memory_used
    const time = Date.parse(at)
    if (used === null || known.at(-1)?.at === time) return [id, known] as const
    return [id, [...known, { at: time, used }].slice(-MEMORY_KEPT)] as const
  })
  return Object.fromEntries(points)
}
