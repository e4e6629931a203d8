// Reads the document whose path is given; prints every error, and the addresses of its channels.
import { Parser } from '@asyncapi/parser'
import { readFileSync } from 'node:fs'

const ERROR = 0
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'))
const errors = diagnostics.filter((found) => found.severity === ERROR)
console.log(
  JSON.stringify({
    errors: errors.map((found) => `${found.path.join('/')}: ${found.message}`),
    addresses: document?.channels().all().map((channel) => channel.address()) ?? [],
  }),
)
