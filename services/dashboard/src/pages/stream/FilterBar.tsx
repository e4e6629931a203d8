import { t } from '@lingui/core/macro'
import { useId } from 'react'
import type { CausalGraph } from '../../api/client'
import * as format from '../../format'
import { isAccepted, isAutocorrelation, lagsOf } from '../../graph/model'
import { Choice } from '../../ui/Choice'
import type { SetView } from './useView'
import type { Form, View } from './view'

interface Props {
  view: View
  setView: SetView
  graph: CausalGraph
  truth: boolean
}

function ViewSwitch({ view, setView }: Pick<Props, 'view' | 'setView'>) {
  const choices: { as: Form; label: string }[] = [
    { as: 'graph', label: t`Graph` },
    { as: 'space', label: t`3D` },
    { as: 'table', label: t`Table` },
  ]
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">{t`Show as`}</legend>
      {choices.map(({ as, label }) => (
        <button
          key={as}
          type="button"
          aria-pressed={view.as === as}
          onClick={() => setView({ as })}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

function Strength({ view, setView }: Pick<Props, 'view' | 'setView'>) {
  const id = useId()
  const { filters } = view
  const change = (text: string) => setView({ filters: { ...filters, minEffect: Number(text) } })
  return (
    <div className="filter">
      <label htmlFor={id}>{t`Strength from`}</label>
      <input
        id={id}
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={filters.minEffect}
        aria-valuetext={t`${format.decimal(filters.minEffect)} sd`}
        onChange={(event) => change(event.target.value)}
      />
      <output htmlFor={id}>{format.decimal(filters.minEffect)}</output>
    </div>
  )
}

function Lags({ view, setView, graph }: Omit<Props, 'truth'>) {
  const { filters } = view
  const present = lagsOf(graph.edges.filter((e) => isAccepted(e) && !isAutocorrelation(e)))
  const all = [...new Set([...present, ...filters.lags])].sort((a, b) => a - b)
  if (all.length < 2) return null
  const toggle = (lag: number) => {
    const on = filters.lags.includes(lag)
    const lags = on ? filters.lags.filter((other) => other !== lag) : [...filters.lags, lag]
    setView({ filters: { ...filters, lags: lags.sort((a, b) => a - b) } })
  }
  return (
    <fieldset className="filter">
      <legend>{t`Lags`}</legend>
      {all.map((lag) => (
        <button
          key={lag}
          type="button"
          className="lag"
          aria-pressed={filters.lags.length === 0 || filters.lags.includes(lag)}
          aria-label={t`Lag ${lag}`}
          onClick={() => toggle(lag)}
        >
          {lag}
        </button>
      ))}
    </fieldset>
  )
}

function OneVariable({ view, setView, graph }: Omit<Props, 'truth'>) {
  const { filters } = view
  const names = graph.variables.map((name) => ({ value: name, label: name }))
  return (
    <Choice
      label={t`Variable`}
      value={filters.variable ?? ''}
      options={[{ value: '', label: t`all` }, ...names]}
      onChange={(name) => setView({ filters: { ...filters, variable: name || null } })}
    />
  )
}

function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="filter check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  )
}

export function FilterBar({ view, setView, graph, truth }: Props) {
  const { filters } = view
  return (
    <search className="filters" aria-label={t`Filters`}>
      <ViewSwitch view={view} setView={setView} />
      <Strength view={view} setView={setView} />
      <OneVariable view={view} setView={setView} graph={graph} />
      <Lags view={view} setView={setView} graph={graph} />
      <Check
        label={t`Autocorrelation`}
        checked={filters.autocorrelation}
        onChange={(autocorrelation) => setView({ filters: { ...filters, autocorrelation } })}
      />
      {truth && view.as !== 'table' && (
        <Check
          label={t`Missed edges`}
          checked={filters.missed}
          onChange={(missed) => setView({ filters: { ...filters, missed } })}
        />
      )}
    </search>
  )
}
