/** The part of an address behind the `?`. Pure. */

export type Query = Record<string, string | number | readonly string[] | null>

/** `?a=1&b=x&b=y`; what is null is left out, and a list is said one by one. */
export function query(asked: Query): string {
  const said = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) {
    if (value === null) continue
    const values = typeof value === 'object' ? value : [String(value)]
    for (const each of values) said.append(name, each)
  }
  const text = said.toString()
  return text && `?${text}`
}
