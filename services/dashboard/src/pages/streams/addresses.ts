/** Addresses of what can be done with streams. Pure. */
import { streamAddress } from '../addresses'

// No stream can have a + in its name.
export const NEW_STREAM = '/streams/+new'
export const definitionAddress = (id: string): string => `${streamAddress(id)}/definition`
export const uploadAddress = (id: string | null = null): string =>
  id ? `/streams/+upload?stream=${encodeURIComponent(id)}` : '/streams/+upload'
