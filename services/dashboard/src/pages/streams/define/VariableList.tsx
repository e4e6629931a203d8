import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import { Chip } from '../../../ui/small'
import { newVariable, type Problems, type VariableDraft } from './definition'
import { ChoiceField, Field } from './Field'

interface Props {
  variables: readonly VariableDraft[]
  problems: Problems
  /** Names that have not come for a whole window. */
  absent: ReadonlySet<string>
  onChange: (variables: VariableDraft[]) => void
}

interface RowProps {
  variable: VariableDraft
  at: number
  problems: Problems
  isAbsent: boolean
  onChange: (change: Partial<VariableDraft>) => void
  onRemove: () => void
}

function Row({ variable, at, problems, isAbsent, onChange, onRemove }: RowProps) {
  const { name, unit, kind, resample, low, high } = variable
  const problem = (member: string) => problems[`variables.${at}.${member}`]
  return (
    <li className="variable-row">
      <Field
        label={t`Name`}
        value={name}
        problem={problem('name')}
        {...(isAbsent ? { help: t`absent: it has not come for a whole window` } : {})}
        onChange={(text) => onChange({ name: text })}
      />
      <Field
        label={t`Unit`}
        value={unit}
        problem={problem('unit')}
        onChange={(text) => onChange({ unit: text })}
      />
      <ChoiceField
        label={t`Kind`}
        value={kind}
        options={[
          ['numeric', t`numeric`],
          ['boolean', t`boolean`],
          ['categorical', t`categorical`],
        ]}
        onChange={(text) => onChange({ kind: text })}
      />
      <ChoiceField
        label={t`Resample`}
        value={resample}
        options={[
          ['last', t`last`],
          ['mean', t`mean`],
          ['interpolate', t`interpolate`],
        ]}
        onChange={(text) => onChange({ resample: text })}
      />
      <Field
        label={t`From`}
        value={low}
        problem={problem('low')}
        isNumber
        onChange={(text) => onChange({ low: text })}
      />
      <Field
        label={t`To`}
        value={high}
        problem={problem('high')}
        isNumber
        onChange={(text) => onChange({ high: text })}
      />
      <button type="button" className="button variable-remove" onClick={onRemove}>
        <Trans>
          Remove<span className="visually-hidden"> {name}</span>
        </Trans>
      </button>
    </li>
  )
}

/** The variables, each to be named, measured and bounded; a new one takes the keyboard. */
export function VariableList({ variables, problems, absent, onChange }: Props) {
  const list = useRef<HTMLUListElement>(null)
  const added = useRef(false)
  useEffect(() => {
    if (!added.current) return
    added.current = false
    list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus()
  })
  const add = () => {
    added.current = true
    onChange([...variables, newVariable()])
  }
  return (
    <>
      <ul className="variable-rows" ref={list} data-testid="variables">
        {variables.map((variable, at) => (
          <Row
            key={variable.key}
            variable={variable}
            at={at}
            problems={problems}
            isAbsent={absent.has(variable.name)}
            onChange={(change) => onChange(variables.with(at, { ...variable, ...change }))}
            onRemove={() => onChange(variables.filter(({ key }) => key !== variable.key))}
          />
        ))}
      </ul>
      {problems.variables && <p className="contrary">{problems.variables}</p>}
      <button type="button" className="button" onClick={add}>
        {t`Add a variable`}
      </button>
      <p className="footnote quiet">
        <Trans>
          Categorical variables are known by name, and are no columns of the windows. Resampling
          says what a step shows where windows are cut by time. Values outside of the range are
          flagged, not removed.
        </Trans>
      </p>
    </>
  )
}

/** What was read off the records, as long as nobody names it. */
export function Inferred(props: { variables: readonly VariableDraft[]; onName: () => void }) {
  const { variables, onName } = props
  return (
    <div className="inferred">
      <p className="quiet">
        {variables.length > 0
          ? t`Read off the records; new ones join while the stream runs:`
          : t`They are read off the first records, and new ones join while the stream runs.`}
      </p>
      {variables.length > 0 && (
        <p className="inferred-names">
          {variables.map(({ key, name }) => (
            <Chip key={key}>{name}</Chip>
          ))}
        </p>
      )}
      <button type="button" className="button" onClick={onName}>
        {variables.length > 0 ? t`Say what they are` : t`Name them beforehand`}
      </button>
    </div>
  )
}
