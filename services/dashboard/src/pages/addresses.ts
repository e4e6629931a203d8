/** Addresses of what pages link to. Pure. */

export const streamAddress = (id: string): string => `/streams/${encodeURIComponent(id)}`
export const traceAddress = (id: string): string => `/traces/${encodeURIComponent(id)}`
export const eventsOf = (trace: string): string => `/events?trace=${encodeURIComponent(trace)}`
export const letterAddress = (id: string): string =>
  `/dead-letters?letter=${encodeURIComponent(id)}`
