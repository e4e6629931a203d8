/** Fields of filters, each with its label before it. */
import { useId, useState } from 'react'
import { fromField, toField } from './moments'

/** A moment, in the reader's own time. */
export function MomentField(props: {
  label: string
  value: string | null
  onChange: (instant: string | null) => void
}) {
  const id = useId()
  return (
    <span className="filter">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="datetime-local"
        step="1"
        value={toField(props.value)}
        onChange={(event) => props.onChange(fromField(event.target.value))}
      />
    </span>
  )
}

/** A text that counts once it is left, or with Enter. */
export function TextField(props: {
  label: string
  value: string | null
  placeholder?: string
  /** What is wrong with a text; null where nothing is. */
  fault?: (text: string) => string | null
  onChange: (text: string | null) => void
}) {
  const { label, value, placeholder, fault, onChange } = props
  const id = useId()
  const [text, setText] = useState(value ?? '')
  const [before, setBefore] = useState(value)
  if (before !== value) {
    setBefore(value)
    setText(value ?? '')
  }
  const wrong = text ? (fault?.(text.trim()) ?? null) : null
  const take = () => {
    if (!wrong) onChange(text.trim() || null)
  }
  return (
    <span className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        value={text}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
      {wrong && (
        <small id={`${id}-wrong`} className="contrary">
          {wrong}
        </small>
      )}
    </span>
  )
}
