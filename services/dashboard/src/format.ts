/** Numbers and times as people read them. Pure; `now` is an argument. */

const DASH = '–'
const MINUS = '−'
const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹'

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

type Maybe<T> = T | null | undefined

export function count(value: Maybe<number>): string {
  return value == null ? DASH : grouped.format(value)
}

export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`
}

/** Two decimals, with a true minus sign. */
export function decimal(value: Maybe<number>, digits = 2): string {
  if (value == null || !Number.isFinite(value)) return DASH
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? MINUS + text : text
}

/** Like `decimal`, with an explicit plus: the sign of an effect is its meaning. */
export function signed(value: Maybe<number>, digits = 2): string {
  const text = decimal(value, digits)
  return value != null && value > 0 && text !== DASH ? `+${text}` : text
}

export function rate(perSecond: Maybe<number>): string {
  if (perSecond == null) return DASH
  const digits = perSecond < 10 && !Number.isInteger(perSecond) ? 1 : 0
  return `${perSecond >= 1000 ? count(perSecond) : perSecond.toFixed(digits)}/s`
}

/** A share of one, as precision and recall are read; a dash where nothing can be said. */
export function share(value: Maybe<number>): string {
  return decimal(value, 2)
}

/** Three significant digits: 0.0123, 4.5, −1,230, 12.3M. */
export function figure(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return DASH
  const size = Math.abs(value)
  if (size > 0 && size < 0.001) {
    const [mantissa, exponent] = size.toExponential(1).split('e')
    return `${value < 0 ? MINUS : ''}${mantissa} × 10${superscript(Number(exponent))}`
  }
  const text = (size >= 100_000 ? compact : significant).format(size)
  return value < 0 ? MINUS + text : text
}

/** A share of one, in percent; a little is never said to be nothing, nor most of it all. */
export function percent(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return DASH
  if (value > 0 && value < 0.01) return '< 1 %'
  if (value < 1 && value > 0.99) return '> 99 %'
  return `${Math.round(100 * value)} %`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function bytes(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return DASH
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  const scaled = value / 1024 ** power
  return `${scaled >= 100 || power === 0 ? scaled.toFixed(0) : scaled.toFixed(1)} ${UNITS[power]}`
}

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPT[Number(d)]).join('')
  return (exponent < 0 ? '⁻' : '') + digits
}

/** A p or q value: plain down to 0.001, then as a power of ten. */
export function probability(value: Maybe<number>): string {
  if (value == null) return DASH
  if (value <= 0) return `< 10${superscript(-300)}`
  if (value >= 0.001) return value.toFixed(3)
  const [mantissa = '1', exponent = '0'] = value.toExponential(0).split('e')
  return mantissa === '1'
    ? `10${superscript(Number(exponent))}`
    : `${mantissa} × 10${superscript(Number(exponent))}`
}

export function seconds(value: number): string {
  if (value >= 86_400) return `${decimal(value / 86_400, 0)} d`
  if (value >= 3_600) return `${decimal(value / 3_600, 0)} h`
  if (value >= 60) return `${decimal(value / 60, 0)} min`
  if (value >= 1) return `${Number(value.toFixed(1))} s`
  return `${Number((value * 1000).toPrecision(3))} ms`
}

/** How long before `now` (milliseconds since the epoch) the instant was. */
export function ago(instant: Maybe<string>, now: number): string {
  if (!instant) return 'never'
  const past = (now - Date.parse(instant)) / 1000
  if (Number.isNaN(past)) return DASH
  return past < 2 ? 'just now' : `${seconds(Math.floor(past))} ago`
}

/** How long after `now` (milliseconds since the epoch) the instant is. */
export function left(instant: string, now: number): string {
  const rest = (Date.parse(instant) - now) / 1000
  return rest > 0 ? seconds(Math.floor(rest)) : 'no longer'
}

export function clockTime(instant: Maybe<string>): string {
  if (!instant) return DASH
  const date = new Date(instant)
  return Number.isNaN(date.getTime()) ? DASH : date.toLocaleTimeString('en-GB')
}
