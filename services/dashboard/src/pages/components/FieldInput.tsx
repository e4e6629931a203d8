import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useId } from 'react'
import type { Json } from '../../api/components'
import { inWords } from './diff'
import { boundsInWords, type Field, NOTHING, shown } from './schema'

interface Props {
  field: Field
  text: string
  /** What it is now; undefined where instances do not tell, or differ. */
  now: Json | undefined
  problem: string | undefined
  onChange: (text: string) => void
}

interface InputProps extends Props {
  id: string
  describedBy: string
}

function said(value: Json | undefined, { kind, nullable }: Field): string {
  if (value == null) return value === null && nullable ? t`not looked at` : ''
  return kind === 'json' || kind === 'numbers' ? shown(value, kind) : inWords(value)
}

function optionsOf({ kind, choices }: Field): Json[] {
  return kind === 'boolean' ? [true, false] : choices
}

function Options({ field, text, onChange, id, describedBy }: InputProps) {
  return (
    <select
      id={id}
      value={text}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t`as it was started`}</option>
      {optionsOf(field).map((option) => (
        <option key={String(option)} value={String(option)}>
          {inWords(option)}
        </option>
      ))}
    </select>
  )
}

function Typed({ field, text, now, problem, onChange, id, describedBy }: InputProps) {
  const common = {
    id,
    value: text === NOTHING && field.nullable ? '' : text,
    placeholder: field.kind === 'json' ? said(now ?? field.builtIn, field) : t`as started`,
    'aria-describedby': describedBy,
    'aria-invalid': problem !== undefined,
    spellCheck: false,
    autoComplete: 'off',
  }
  if (field.kind === 'json') {
    return <textarea {...common} rows={3} onChange={(event) => onChange(event.target.value)} />
  }
  const isNumber = field.kind === 'number' || field.kind === 'integer'
  return (
    <input
      {...common}
      type="text"
      inputMode={isNumber ? 'decimal' : 'text'}
      disabled={text === NOTHING && field.nullable}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function Nothing({ field, text, onChange }: Props) {
  if (!field.nullable) return null
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={text === NOTHING}
        onChange={(event) => onChange(event.target.checked ? NOTHING : '')}
      />
      {t`not looked at`}
    </label>
  )
}

function Hint({
  field,
  now,
  problem,
  id,
}: Pick<Props, 'field' | 'now' | 'problem'> & { id: string }) {
  const [atWork, builtIn] = [said(now, field), said(field.builtIn, field)]
  const hints = [
    field.kind !== 'json' && atWork && t`now: ${atWork}`,
    field.kind !== 'json' && builtIn && builtIn !== atWork && t`built in: ${builtIn}`,
    boundsInWords(field.bounds),
    field.kind === 'json' && t`as JSON`,
    field.help,
  ]
  return (
    <small id={id} className={problem ? 'field-problem' : ''}>
      {problem ? `✕ ${problem}` : hints.filter(Boolean).join('; ')}
    </small>
  )
}

/** One setting: left empty, it stays as the component was started. */
export function FieldInput(props: Props) {
  const { field, text, now, problem, onChange } = props
  const id = useId()
  const inputProps = { ...props, id, describedBy: `${id}-hint` }
  const listed = field.kind === 'boolean' || field.kind === 'choice'
  return (
    <div className={`field field-${field.kind} ${text === '' ? '' : 'field-set'}`}>
      <label htmlFor={id}>{field.label}</label>
      {text !== '' && (
        <button type="button" className="link" onClick={() => onChange('')}>
          <Trans>
            reset<span className="visually-hidden"> {field.label}</span>
          </Trans>
        </button>
      )}
      {listed ? <Options {...inputProps} /> : <Typed {...inputProps} />}
      <Nothing {...props} />
      <Hint field={field} now={now} problem={problem} id={inputProps.describedBy} />
    </div>
  )
}
