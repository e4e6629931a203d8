/** What the gateway says of components, and what can be wanted of them. */
import type { Json, Schemas } from './schema'

export type { Json, JsonObject } from './schema'

export type ComponentInstance = Schemas['InstanceModel']
/** All that can be wanted of a component. */
export type Wish = Schemas['HeldModel']
export type Wanted = Schemas['WishModel']
export type Component = Schemas['ComponentModel']
/** A command about a component, and what became of it. */
export type Command = Schemas['CommandModel']
export type ComponentDetail = Omit<Schemas['ComponentDetailsModel'], 'schema'> & {
  /** Of its settings; null where nothing can be wanted of it. */
  schema: JsonSchema | null
}

/** As much of JSON Schema as the gateway writes. */
export interface JsonSchema {
  type?: string
  title?: string
  description?: string
  default?: Json
  enum?: Json[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  properties?: Record<string, JsonSchema>
  prefixItems?: JsonSchema[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
}
