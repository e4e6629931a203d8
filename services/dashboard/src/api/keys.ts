/** Keys for programs. */
import type { Schemas } from './schema'

export type Key = Schemas['KeyModel']
/** A key at the only moment when it can be seen. */
export type NewKey = Schemas['NewKeyModel']
export type WantedKey = Schemas['WantedKeyModel']
