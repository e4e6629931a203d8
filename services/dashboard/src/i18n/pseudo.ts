/**
 * English made strange: "Edges" becomes "[Ḗḓɠḗş··]". What stays plain is not translated, and what
 * does not hold a third more does not hold German. Pure.
 */
import type { Messages } from '@lingui/core'

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const STRANGE = [...'ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ']
/** An element of a text, such as `<0>` or `</0>`. */
const ELEMENT = /(<\/?\d+\/?>)/
const LONGER = 0.3
/** Up to so many letters a text is a unit behind a number, which stays as short as it is. */
const UNIT = 4

type Compiled = Messages[string]
type Token = Exclude<Compiled, string>[number]

const strangeLetter = (letter: string): string => STRANGE[PLAIN.indexOf(letter)] ?? letter

function strange(text: string): string {
  return text
    .split(ELEMENT)
    .map((part) => (ELEMENT.test(part) ? part : [...part].map(strangeLetter).join('')))
    .join('')
}

/** A placeholder: a name, what it is formatted as, and a text for each choice. */
function placeholder(token: Exclude<Token, string>): Token {
  const [name, kind, choices] = token
  if (!choices || typeof choices !== 'object') return token
  const told = Object.entries(choices).map(([choice, text]) =>
    choice === 'offset' ? [choice, text] : [choice, inner(text as Compiled)],
  )
  return [name, kind, Object.fromEntries(told)] as Token
}

function inner(message: Compiled): Compiled {
  if (typeof message === 'string') return strange(message)
  return message.map((token) => (typeof token === 'string' ? strange(token) : placeholder(token)))
}

function lengthOf(message: Compiled): number {
  if (typeof message === 'string') return message.replace(ELEMENT, '').length
  return message.reduce((sum, token) => {
    if (typeof token === 'string') return sum + token.length
    const texts = Object.values(token[2] ?? {}) as Compiled[]
    return (
      sum + Math.max(0, ...texts.map((text) => (typeof text === 'object' ? lengthOf(text) : 0)))
    )
  }, 0)
}

/** A third more, in words of at most seven, as the text around them may wrap. */
function filling(length: number): string {
  return '·'.repeat(Math.ceil(LONGER * length)).replace(/·{7}(?=·)/g, '$& ')
}

function made(message: Compiled): Compiled {
  const told = inner(message)
  const length = lengthOf(message)
  if (length <= UNIT) return told
  const tokens = typeof told === 'string' ? [told] : told
  return ['[', ...tokens, `${filling(length)}]`]
}

export function pseudo(messages: Messages): Messages {
  return Object.fromEntries(Object.entries(messages).map(([id, text]) => [id, made(text)]))
}
