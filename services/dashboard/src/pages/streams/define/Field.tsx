/** One field of a definition: its label, what is typed, and what is wrong or meant. */
import { useId } from 'react'

interface Props {
  label: string
  value: string
  problem: string | undefined
  help?: string
  placeholder?: string
  isNumber?: boolean
  /** Where the label is the head of a column. */
  isLabelHidden?: boolean
  onChange: (value: string) => void
}

export function Field(props: Props) {
  const { label, value, problem, help, placeholder, isNumber, isLabelHidden, onChange } = props
  const id = useId()
  const said = problem ? `✕ ${problem}` : help
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : ''}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode={isNumber ? 'decimal' : 'text'}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={said ? `${id}-said` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {said && (
        <small id={`${id}-said`} className={problem ? 'field-problem' : ''}>
          {said}
        </small>
      )}
    </div>
  )
}

export function ChoiceField(props: {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  help?: string
  isLabelHidden?: boolean
  onChange: (value: string) => void
}) {
  const { label, value, options, help, isLabelHidden, onChange } = props
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : ''}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-describedby={help ? `${id}-said` : undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([option, shown]) => (
          <option key={option} value={option}>
            {shown}
          </option>
        ))}
      </select>
      {help && <small id={`${id}-said`}>{help}</small>}
    </div>
  )
}
