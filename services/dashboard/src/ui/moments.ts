/** Instants as a field of a form has them, in the reader's own time. Pure. */

const two = (n: number): string => String(n).padStart(2, '0')

/** RFC 3339 as the value of a field of type `datetime-local`; empty where it is none. */
export function toField(instant: string | null): string {
  const at = new Date(instant ?? Number.NaN)
  if (Number.isNaN(at.getTime())) return ''
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** The other way; null where the field is empty. */
export function fromField(value: string): string | null {
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** An instant of an address; null where it is none. */
export function instantIn(text: string | null): string | null {
  return text && !Number.isNaN(Date.parse(text)) ? text : null
}
