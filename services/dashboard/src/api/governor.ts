/** What the gateway says of resources: `GET /drg`, and the `decision` event. */
import type { Schemas } from './schema'

export type Level = Schemas['GovernorLevel']
/** What was measured; what is unknown is null, never left out. */
export type Sample = Required<Schemas['ResourceSample']>
/** What a governor holds; the gateway leaves nothing out. */
export type Policy = Required<Omit<Schemas['Policy'], 'tolerances'>> & {
  tolerances: Record<string, number | null>
}
type Terms = Omit<Schemas['TermsModel'], 'limits'> & { limits: Policy | null }
export type GovernedInstance = Sampled<Omit<Schemas['GovernedModel'], 'policies'>> & {
  policies: (Omit<Schemas['PolicyModel'], 'in_force' | 'wanted'> & {
    in_force: Terms
    wanted: Terms
  })[]
}
export type Decision = Sampled<Schemas['DecisionModel']>
export type Governor = Omit<Schemas['GovernorModel'], 'instances' | 'decisions'> & {
  instances: GovernedInstance[]
  decisions: Decision[]
}

type Sampled<T extends object> = Omit<T, 'sample'> & { sample: Sample }
