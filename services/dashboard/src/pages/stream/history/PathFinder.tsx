import { t } from '@lingui/core/macro'
import { useId, useState } from 'react'
import type { CausalGraph, CausalPath } from '../../../api/client'
import type { FoundPath, FoundPaths } from '../../../api/history'
import * as format from '../../../format'
import { later } from '../../../graph/words'
import { Panel } from '../../../ui/small'
import { Failure } from '../../../ui/states'
import { delayInWords, type Ends, NO_ENDS, wayOf, weakest, whole } from './paths'
import { usePathFinder } from './usePathFinder'

interface Props {
  stream: string
  graph: CausalGraph
  cadence: number | null
  /** Whether the newest graph is the one that is drawn. */
  isLive: boolean
}

/** A variable, typed or chosen; it counts once it is one. */
function VariableField(props: {
  label: string
  value: string
  variables: readonly string[]
  onChange: (name: string) => void
}) {
  const { label, value, variables, onChange } = props
  const id = useId()
  const [text, setText] = useState(value)
  const [before, setBefore] = useState(value)
  if (before !== value) {
    setBefore(value)
    setText(value)
  }
  const isWrong = text !== '' && !variables.some((name) => name.includes(text))
  const change = (next: string) => {
    setText(next)
    if (next === '' || variables.includes(next)) onChange(next)
  }
  return (
    <span className="path-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        list={`${id}-list`}
        spellCheck={false}
        autoComplete="off"
        placeholder={t`a variable`}
        value={text}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-wrong` : undefined}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setText(value)}
      />
      <datalist id={`${id}-list`}>
        {variables.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {isWrong && (
        <small id={`${id}-wrong`} className="contrary">
          {t`no variable is called so`}
        </small>
      )}
    </span>
  )
}

function Fields({
  ends,
  graph,
  onEnds,
}: {
  ends: Ends
  graph: CausalGraph
  onEnds: (ends: Ends) => void
}) {
  return (
    <search className="path-fields" aria-label={t`Find paths`}>
      <VariableField
        label={t`From`}
        value={ends.from}
        variables={graph.variables}
        onChange={(from) => onEnds({ ...ends, from })}
      />
      <button
        type="button"
        className="button"
        disabled={!ends.from && !ends.to}
        aria-label={t`The other way round`}
        title={t`The other way round`}
        onClick={() => onEnds({ from: ends.to, to: ends.from })}
      >
        ⇄
      </button>
      <VariableField
        label={t`To`}
        value={ends.to}
        variables={graph.variables}
        onChange={(to) => onEnds({ ...ends, to })}
      />
      {(ends.from || ends.to) && (
        <button type="button" className="button" onClick={() => onEnds(NO_ENDS)}>
          {t`Clear`}
        </button>
      )}
    </search>
  )
}

function Effect({ effect }: { effect: number }) {
  return (
    <span className={effect < 0 ? 'negative' : 'positive'}>{t`${format.signed(effect)} sd`}</span>
  )
}

function Way(props: {
  path: FoundPath
  cadence: number | null
  chosen: boolean
  onChoose: () => void
}) {
  const { path, cadence, chosen, onChoose } = props
  const least = path.edges.length > 1 ? weakest(path) : null
  return (
    <li>
      <button type="button" className="path-way" aria-pressed={chosen} onClick={onChoose}>
        <span>{path.variables.join(' → ')}</span>
        <small>
          <Effect effect={path.effect} /> {delayInWords(path.delay, cadence)}
          {least && (
            <span className="path-weakest">
              {t`weakest: ${least.source} → ${least.target} (${format.signed(least.effect)})`}
            </span>
          )}
        </small>
      </button>
    </li>
  )
}

function Found(props: {
  found: FoundPaths
  chosen: FoundPath | null
  cadence: number | null
  onChoose: (path: FoundPath) => void
}) {
  const { found, chosen, cadence, onChoose } = props
  if (found.paths.length === 0) {
    return (
      <p className="path-none" role="status">
        {found.why}
      </p>
    )
  }
  return (
    <>
      <ol className="paths" data-testid="paths">
        {found.paths.map((path) => (
          <Way
            key={wayOf(path)}
            path={path}
            cadence={cadence}
            chosen={path === chosen}
            onChoose={() => onChoose(path)}
          />
        ))}
      </ol>
      {!found.complete && <p className="quiet">{t`There are more; these are the surest.`}</p>}
    </>
  )
}

const SHOWN = 5

/** The strongest chains of the whole graph, for who has no ends in mind. */
function Strongest(props: {
  paths: readonly CausalPath[]
  cadence: number | null
  onEnds: (ends: Ends) => void
}) {
  const { paths, cadence, onEnds } = props
  return (
    <ol className="paths">
      {paths.slice(0, SHOWN).map((path) => (
        <li key={`${path.variables.join(' ')} ${path.lags.join(' ')}`}>
          <button
            type="button"
            className="path-way"
            onClick={() =>
              onEnds({ from: path.variables[0] ?? '', to: path.variables.at(-1) ?? '' })
            }
          >
            <span>{path.variables.join(' → ')}</span>
            <small>
              <Effect effect={path.effect} /> {later(path.delay, cadence)}
            </small>
          </button>
        </li>
      ))}
    </ol>
  )
}

/** Chains of accepted edges: how far a change travels, how long it takes, and by which way. */
export function PathFinder({ stream, graph, cadence, isLive }: Props) {
  const { ends, found, error, path, setWay } = usePathFinder(stream, graph)
  const both = whole(ends)
  return (
    <Panel title={t`Causal paths`} id="paths">
      <Fields ends={ends} graph={graph} onEnds={setWay} />
      {error && <Failure error={error} onRetry={() => setWay(ends)} />}
      {found && (
        <Found
          found={found}
          chosen={path}
          cadence={cadence}
          onChoose={(next) => setWay(ends, next)}
        />
      )}
      {!both && (ends.from || ends.to) && <p className="quiet">{t`Choose the other end, too.`}</p>}
      {!ends.from && !ends.to && (
        <Strongest paths={graph.paths} cadence={cadence} onEnds={setWay} />
      )}
      {!isLive && both && (
        <p className="quiet">{t`These are paths of the graph as it is now; live, they are lit in it.`}</p>
      )}
    </Panel>
  )
}
