/** A stream as somebody has defined it, and what the gateway's document says of definitions. */
import { readFileSync } from 'node:fs'
import type { DefinitionSchemas, StreamDetails } from '../src/api/streams'
import { stream } from './examples'

const { components } = JSON.parse(
  readFileSync(new URL('../../../docs/api/openapi.json', import.meta.url), 'utf8'),
)

export const schemas: DefinitionSchemas = {
  window: components.schemas.WindowPolicyModel,
  variable: components.schemas.VariableModel,
}

export function streamDetails(): StreamDetails {
  return {
    ...stream('boiler'),
    origin: 'explicit',
    domain: 'boilers',
    window: {
      kind: 'time',
      size: 64,
      lateness_s: 5,
      cadence_s: 1,
      hop: null,
      session_gap_s: null,
    },
    variable_details: [
      {
        name: 'heat',
        unit: '°C',
        kind: 'numeric',
        resample: 'mean',
        low: -40,
        high: 120,
        absent: false,
        quality: null,
      },
    ],
    totals: { records: 0, cells: 0, missing: 0, out_of_range: 0 },
    truth_edges: [{ source: 'heat', target: 'heat', lag: 1 }],
    accuracy: null,
  }
}
