import { t } from '@lingui/core/macro'
import { type RefObject, useEffect, useRef, useState } from 'react'

const SAID_MS = 1_600

/** Put a text on the clipboard; false where the browser does not let a page do so. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** Copies what is shown in an element; where that is not to be had, it marks it. */
export function CopyButton(props: {
  text: string
  what: string
  shown: RefObject<HTMLElement | null>
}) {
  const { text, what, shown } = props
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(''), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async () => {
    const done = await copied(text)
    if (!done && shown.current) window.getSelection()?.selectAllChildren(shown.current)
    setSaid(done ? t`copied` : t`marked: Ctrl C`)
  }
  return (
    <button type="button" className="button copy-button" onClick={copy}>
      <span role="status">{said || t`copy`}</span>
      <span className="visually-hidden"> {what}</span>
    </button>
  )
}

/** A text to take along, such as an id. */
export function Copy({ text, what }: { text: string; what: string }) {
  const shown = useRef<HTMLElement>(null)
  return (
    <span className="copy">
      <code ref={shown}>{text}</code>
      <CopyButton text={text} what={what} shown={shown} />
    </span>
  )
}
