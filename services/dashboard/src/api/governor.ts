/** What the gateway says of resources: `GET /drg`, and the `decision` event. */
import type { Schemas } from './schema'

export type Level = Schemas['GovernorLevel']
/** What was measured; what is unknown is null, never left out. */
export type Sample = Required<Schemas['ResourceSample']>
export type GovernedInstance = Sampled<Schemas['GovernedModel']>
export type Decision = Sampled<Schemas['DecisionModel']>
export type Governor = Omit<Schemas['GovernorModel'], 'instances' | 'decisions'> & {
  instances: GovernedInstance[]
  decisions: Decision[]
}

type Sampled<T> = Omit<T, 'sample'> & { sample: Sample }
