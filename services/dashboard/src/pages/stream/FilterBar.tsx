import { useId } from 'react'
import type { CausalGraph } from '../../api/client'
import * as format from '../../format'
import { isAccepted, isAutocorrelation, lagsOf } from '../../graph/model'
import { Choice } from '../../ui/Choice'
import type { SetView } from './useView'
import type { View } from './view'

interface Props {
  view: View
  setView: SetView
  graph: CausalGraph
  truth: boolean
}

function ViewSwitch({ view, setView }: Pick<Props, 'view' | 'setView'>) {
  const choices = [
    { table: false, label: 'Graph' },
    { table: true, label: 'Table' },
  ]
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">Show as</legend>
      {choices.map(({ table, label }) => (
        <button
          key={label}
          type="button"
          aria-pressed={view.table === table}
          onClick={() => setView({ table })}
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
      <label htmlFor={id}>Strength from</label>
      <input
        id={id}
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={filters.minEffect}
        aria-valuetext={`${format.decimal(filters.minEffect)} sd`}
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
      <legend>Lags</legend>
      {all.map((lag) => (
        <button
          key={lag}
          type="button"
          className="lag"
          aria-pressed={filters.lags.length === 0 || filters.lags.includes(lag)}
          aria-label={`Lag ${lag}`}
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
      label="Variable"
      value={filters.variable ?? ''}
      options={[{ value: '', label: 'all' }, ...names]}
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
    <search className="filters" aria-label="Filters">
      <ViewSwitch view={view} setView={setView} />
      <Strength view={view} setView={setView} />
      <OneVariable view={view} setView={setView} graph={graph} />
      <Lags view={view} setView={setView} graph={graph} />
      <Check
        label="Autocorrelation"
        checked={filters.autocorrelation}
        onChange={(autocorrelation) => setView({ filters: { ...filters, autocorrelation } })}
      />
      {truth && !view.table && (
        <Check
          label="Missed edges"
          checked={filters.missed}
          onChange={(missed) => setView({ filters: { ...filters, missed } })}
        />
      )}
    </search>
  )
}
