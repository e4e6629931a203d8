/** Files of a moment or of a difference, made of what the gateway told of it. Pure. */
import type { EdgeKey } from '../../../api/client'
import type { GraphDifferences, PastGraph } from '../../../api/history'
import { escaped } from '../../../graph/svg'

type Value = string | number | boolean | null

/** The fields of an edge and their GraphML types. */
const PAST = {
  lag: 'int',
  effect: 'double',
  se: 'double',
  ci_low: 'double',
  ci_high: 'double',
  score: 'double',
  form: 'string',
  imported: 'boolean',
  regime: 'int',
  changed_at: 'string',
  certain: 'boolean',
} as const

const DIFFERENCE = {
  lag: 'int',
  change: 'string',
  before: 'double',
  after: 'double',
  changes: 'int',
} as const

type Types = Readonly<Record<string, string>>
type Row = EdgeKey & Readonly<Record<string, Value>>

function element(row: Row, types: Types, number: ReadonlyMap<string, number>): string {
  const told = Object.keys(types).filter((name) => row[name] !== null && row[name] !== undefined)
  const data = told.map((name) => `<data key="${name}">${escaped(String(row[name]))}</data>`)
  return `    <edge source="n${number.get(row.source)}" target="n${number.get(row.target)}">${data.join('')}</edge>`
}

/** GraphML as the gateway writes it: variables by name, an edge for each lag. */
function graphml(variables: readonly string[], rows: readonly Row[], types: Types): string {
  const ends = rows.flatMap(({ source, target }) => [source, target])
  const names = [...new Set([...variables, ...ends])]
  const number = new Map(names.map((name, i) => [name, i]))
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    '  <key id="name" for="node" attr.name="name" attr.type="string"/>',
    ...Object.entries(types).map(
      ([name, type]) => `  <key id="${name}" for="edge" attr.name="${name}" attr.type="${type}"/>`,
    ),
    '  <graph edgedefault="directed">',
    ...names.map(
      (name, i) => `    <node id="n${i}"><data key="name">${escaped(name)}</data></node>`,
    ),
    ...rows.map((row) => element(row, types, number)),
    '  </graph>',
    '</graphml>',
    '',
  ].join('\n')
}

export function pastGraphml({ variables, edges }: PastGraph): string {
  const rows = edges.map(({ ci, ...edge }) => ({
    ...edge,
    ci_low: ci?.[0] ?? null,
    ci_high: ci?.[1] ?? null,
  }))
  return graphml(variables, rows, PAST)
}

export const differenceGraphml = ({ variables, edges }: GraphDifferences): string =>
  graphml(variables, edges, DIFFERENCE)

/** A moment as part of a file's name. */
export const stamp = (at: string): string => at.replace(/\.\d+/, '').replaceAll(':', '')
