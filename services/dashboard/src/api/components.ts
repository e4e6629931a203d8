/** What the gateway says of components, and what can be wanted of them. */

export type ComponentStatus = 'up' | 'degraded' | 'down' | 'paused' | 'off' | 'unknown'

export interface ComponentInstance {
  id: string
  state: string
  since: string | null
  last_heartbeat: string | null
  version: string
  lag: number | null
  handled: number
  rate: number
  /** The version of what is wanted that it obeys; 0 is how it was started. */
  configured?: number
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type JsonObject = { [name: string]: Json }

/** All that can be wanted of a component. */
export interface Wish {
  enabled: boolean
  paused: boolean
  /** All that is to differ from how it was started. */
  settings: JsonObject
}

export interface Wanted extends Wish {
  /** 0: that it runs as it was started. */
  version: number
  by: string | null
  at: string | null
}

export interface Component {
  name: string
  status: ComponentStatus
  /** False where somebody switched it off. */
  enabled?: boolean
  instances: ComponentInstance[]
  detail: string | null
  wanted?: Wanted
}

/** A command about a component, and what became of it. */
export interface Command {
  id: string
  component: string
  by: string
  at: string
  /** Why it was not obeyed. */
  refused: string | null
  /** That held after it. */
  version: number
  before: Wish
  after: Wish
}

export interface ComponentDetail extends Component {
  wanted: Wanted
  /** JSON Schema of its settings; null where nothing can be wanted of it. */
  schema: JsonSchema | null
  /** Newest first. */
  commands: Command[]
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
