/**
 * Write src/api/schema.ts from docs/api/openapi.json, or prove that it is current.
 *
 *     node codegen/schema.mjs            writes the types
 *     node codegen/schema.mjs --check    exits 1 when the committed ones differ
 *
 * The generator works with the compiler's API, which TypeScript 7 does not have: so it lives apart,
 * with a TypeScript of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapi, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const SOURCE = new URL('../../../docs/api/openapi.json', import.meta.url)
const TARGET = new URL('../src/api/schema.ts', import.meta.url)
const HEADER = `/**
 * The gateway's HTTP contract, made from docs/api/openapi.json by \`npm run api\`. Do not edit.
 */
`
const SHORT = `
export type Schemas = components['schemas']
/** What the document says no more of than that it is JSON. */
export type JsonObject = { [name: string]: Json }
export type Json = null | boolean | number | string | Json[] | JsonObject

`

/** Titles are the names once more. */
const untitled = (part) =>
  JSON.parse(JSON.stringify(part), (key, value) =>
    key === 'title' && typeof value === 'string' ? undefined : value,
  )

const isAnyObject = ({ type, additionalProperties, properties }) =>
  type === 'object' && additionalProperties === true && !properties

async function types() {
  const document = JSON.parse(readFileSync(SOURCE, 'utf8'))
  const { paths, components } = document
  const nodes = await openapi(
    { ...document, paths: untitled(paths), components: untitled(components) },
    {
      // What has a default may be left out of what is sent.
      defaultNonNullable: false,
      transform: (schema) =>
        isAnyObject(schema) ? ts.factory.createTypeReferenceNode('JsonObject') : undefined,
    },
  )
  return HEADER + SHORT + astToString(nodes)
}

const found = await types()
if (!process.argv.includes('--check')) writeFileSync(TARGET, found)
else if (readFileSync(TARGET, 'utf8') !== found) {
  console.error('src/api/schema.ts is not what docs/api/openapi.json says: run `npm run api`')
  process.exitCode = 1
}
