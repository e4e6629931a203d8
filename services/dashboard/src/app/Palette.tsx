/** The command palette: a few letters, Enter, and one is there. */
import { t } from '@lingui/core/macro'
import { type KeyboardEvent, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { useComponents, useStreams } from '../live/queries'
import { displayName } from '../pages/overview/stages'
import { Dialog } from './Dialog'
import { find, kindName, type Target, targets } from './finding'
import { useSavedViews } from './SavedViews'

const SHOWN = 12

function useTargets(): Target[] {
  const streams = useStreams()
  const components = useComponents()
  const views = useSavedViews()
  const named = (components.data?.items ?? []).map(({ name }) => ({
    name,
    shown: displayName(name),
  }))
  return targets(streams.data?.items ?? [], named, views)
}

function Option(props: { id: string; target: Target; active: boolean; onPick: () => void }) {
  const { id, target, active, onPick } = props
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the input, which owns the list
    <div id={id} role="option" aria-selected={active} tabIndex={-1} onClick={onPick}>
      <span>{target.label}</span>
      <small>
        {target.hint && `${target.hint} · `}
        {kindName(target.kind)}
      </small>
    </div>
  )
}

export function Palette({ onClose }: { onClose: () => void }) {
  const all = useTargets()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const navigate = useNavigate()
  const list = useId()
  const found = find(all, query, SHOWN)
  const active = Math.min(at, found.length - 1)
  const pick = (target: Target | undefined) => {
    if (!target) return
    onClose()
    navigate(target.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') pick(found[active])
    else if (step && found.length > 0) setAt((active + step + found.length) % found.length)
    else return
    event.preventDefault()
  }
  return (
    <Dialog label={t`Go to`} className="palette" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label={t`Page, component, stream or variable`}
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${active}` : undefined}
        aria-autocomplete="list"
        placeholder={t`Page, component, stream or variable`}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} className="found" role="listbox" aria-label={t`Found`}>
        {found.map((target, i) => (
          <Option
            key={`${target.kind} ${target.to}`}
            id={`${list}-${i}`}
            target={target}
            active={i === active}
            onPick={() => pick(target)}
          />
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{t`Nothing fits.`}</p>}
    </Dialog>
  )
}
