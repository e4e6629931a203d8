/** Numbers and times as people of the page's language read them. Pure; `now` is an argument. */
import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { localeOf } from './i18n/locales'

const DASH = '–'
const MINUS = '−'
/** Before a sign, so that it stays left of its number where texts run from right to left. */
const FROM_LEFT = '\u200e'
const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹'

type Maybe<T> = T | null | undefined

export function count(value: Maybe<number>): string {
  return value == null ? DASH : i18n.number(value, { maximumFractionDigits: 0 })
}

/** Names side by side: "a, b, c". */
export function list(names: readonly string[]): string {
  const tags = i18n.locales ?? i18n.locale
  return new Intl.ListFormat(tags, { type: 'unit', style: 'short' }).format(names)
}

const fixed = (value: number, digits: number): string =>
  i18n.number(value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  })

const plain = (value: number): string => i18n.number(value, { useGrouping: false })

function withSign(sign: string, text: string): string {
  return (localeOf(i18n.locale)?.dir === 'rtl' ? FROM_LEFT : '') + sign + text
}

/** Two decimals, with a true minus sign. */
export function decimal(value: Maybe<number>, digits = 2): string {
  if (value == null || !Number.isFinite(value)) return DASH
  const rounded = Number(Math.abs(value).toFixed(digits))
  const text = fixed(rounded, digits)
  return value < 0 && rounded !== 0 ? withSign(MINUS, text) : text
}

/** Like `decimal`, with an explicit plus: the sign of an effect is its meaning. */
export function signed(value: Maybe<number>, digits = 2): string {
  const text = decimal(value, digits)
  return value != null && value > 0 && text !== DASH ? withSign('+', text) : text
}

/** So many a second, without its unit. */
export function perSecond(value: number): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0
  return value >= 1000 ? count(value) : fixed(value, digits)
}

export function rate(value: Maybe<number>): string {
  return value == null ? DASH : t`${perSecond(value)}/s`
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
    const text = `${fixed(Number(mantissa), 1)} × 10${superscript(Number(exponent))}`
    return value < 0 ? withSign(MINUS, text) : text
  }
  const notation = size >= 100_000 ? 'compact' : 'standard'
  const text = i18n.number(size, { notation, maximumSignificantDigits: 3 })
  return value < 0 ? withSign(MINUS, text) : text
}

/** A share of one, in percent; a little is never said to be nothing, nor most of it all. */
export function percent(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return DASH
  if (value > 0 && value < 0.01) return t`< 1 %`
  if (value < 1 && value > 0.99) return t`> 99 %`
  return t`${count(Math.round(100 * value))} %`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function bytes(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return DASH
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  const scaled = value / 1024 ** power
  return `${fixed(scaled, scaled >= 100 || power === 0 ? 0 : 1)} ${UNITS[power]}`
}

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPT[Number(d)]).join('')
  return (exponent < 0 ? '⁻' : '') + digits
}

/** A p or q value: plain down to 0.001, then as a power of ten. */
export function probability(value: Maybe<number>): string {
  if (value == null) return DASH
  if (value <= 0) return `< 10${superscript(-300)}`
  if (value >= 0.001) return fixed(value, 3)
  const [mantissa = '1', exponent = '0'] = value.toExponential(0).split('e')
  return mantissa === '1'
    ? `10${superscript(Number(exponent))}`
    : `${mantissa} × 10${superscript(Number(exponent))}`
}

export function seconds(value: number): string {
  if (value >= 86_400) return t`${decimal(value / 86_400, 0)} d`
  if (value >= 3_600) return t`${decimal(value / 3_600, 0)} h`
  if (value >= 60) return t`${decimal(value / 60, 0)} min`
  if (value >= 1) return t`${plain(Number(value.toFixed(1)))} s`
  return t`${plain(Number((value * 1000).toPrecision(3)))} ms`
}

/** How long before `now` (milliseconds since the epoch) the instant was. */
export function ago(instant: Maybe<string>, now: number): string {
  if (!instant) return t`never`
  const past = (now - Date.parse(instant)) / 1000
  if (Number.isNaN(past)) return DASH
  return past < 2 ? t`just now` : t`${seconds(Math.floor(past))} ago`
}

/** How long after `now` (milliseconds since the epoch) the instant is. */
export function left(instant: string, now: number): string {
  const rest = (Date.parse(instant) - now) / 1000
  return rest > 0 ? seconds(Math.floor(rest)) : t`no longer`
}

export function clockTime(instant: Maybe<string>): string {
  if (!instant) return DASH
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return DASH
  return i18n.date(date, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}
