/** What the gateway says of resources: `GET /drg`, and the `decision` event. */
import type { Schemas } from './schema'

export type Level = Schemas['GovernorLevel']
/** What was measured; what is unknown is null, never left out. */
export type Sample = Schemas['ResourceSample']
/** What a governor holds. */
export type Policy = Schemas['Policy']
export type GovernedInstance = Schemas['GovernedModel']
export type Decision = Schemas['DecisionModel']
export type Governor = Schemas['GovernorModel']
