/**
 * What a first visit costs in JavaScript: the script of index.html with all that it imports, before
 * any page is chosen. Fails above the budget. The last line is JSON.
 *
 *     node budget.mjs [FOLDER]       # of the built dashboard, by default dist
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const BUDGET = 200_000
const folder = process.argv[2] ?? new URL('dist', import.meta.url).pathname

const SCRIPT = /<(?:script|link rel="modulepreload")[^>]* (?:src|href)="\/([^"]+\.js)"/g
/** `import ... from "./x.js"` and `import "./x.js"`, not `import("./x.js")`. */
const IMPORT = /(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g

const read = (path) => readFileSync(join(folder, path))
const found = (text, pattern) => [...text.matchAll(pattern)].map(([, path]) => path)

/** A script and what it cannot begin without, once each. */
function withImports(path, known) {
  if (known.has(path)) return
  known.set(path, gzipSync(read(path)).length)
  for (const other of found(read(path).toString(), IMPORT)) {
    withImports(join(dirname(path), other), known)
  }
}

const sizes = new Map()
for (const path of found(read('index.html').toString(), SCRIPT)) withImports(path, sizes)
const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
const ok = sizes.size > 0 && bytes <= BUDGET
console.log(JSON.stringify({ ok, bytes, budget: BUDGET, files: Object.fromEntries(sizes) }))
process.exitCode = ok ? 0 : 1
