/** The menu of saved views: keep the page as it is looked at under a name, and come back to it. */
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type ChangeEvent, type FormEvent, useId, useState, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'react-router'
import { save } from '../ui/save'
import {
  asJson,
  keep,
  kept,
  merged,
  nameOf,
  onKept,
  renamed,
  type View,
  viewsIn,
  withoutView,
  withView,
} from './saved'
import { useMenu } from './useMenu'
import '../styles/saved.css'

export const useSavedViews = (): readonly View[] => useSyncExternalStore(onKept, kept)

const titleOfPage = (): string => document.title.replace(/ · SCARCITY$/, '')

function SaveForm({ onSaid }: { onSaid: (said: string) => void }) {
  const id = useId()
  const views = useSavedViews()
  const { pathname, search } = useLocation()
  const [typed, setTyped] = useState(titleOfPage)
  const name = nameOf(typed)
  const isThere = views.some((view) => view.name === name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name === '') return
    const isKept = keep(withView(views, { name, address: pathname + search }))
    onSaid(isKept ? t`Saved as ${name}.` : t`This browser keeps nothing for this page.`)
  }
  return (
    <form onSubmit={submit} className="save-view">
      <label htmlFor={id}>{t`Save what you look at as`}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" className="button button-primary" disabled={name === ''}>
        {isThere ? t`Replace` : t`Save`}
      </button>
    </form>
  )
}

async function copyLink({ name, address }: View): Promise<string> {
  try {
    await navigator.clipboard.writeText(window.location.origin + address)
    return t`The link of ${name} is copied.`
  } catch {
    return t`The browser does not let this page copy: ${window.location.origin + address}`
  }
}

function Item({ view, onSaid }: { view: View; onSaid: (said: string) => void }) {
  const views = useSavedViews()
  const [typed, setTyped] = useState<string | null>(null)
  const { name, address } = view
  const rename = (event: FormEvent) => {
    event.preventDefault()
    if (typed !== null) keep(renamed(views, name, typed))
    setTyped(null)
  }
  if (typed !== null) {
    return (
      <li>
        <form onSubmit={rename} className="save-view">
          <input
            type="text"
            aria-label={t`New name of ${name}`}
            // biome-ignore lint/a11y/noAutofocus: it was asked for
            autoFocus
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" className="button" disabled={nameOf(typed) === ''}>
            {t`Rename`}
          </button>
        </form>
      </li>
    )
  }
  return (
    <li>
      <Link to={address} title={address}>
        {name}
      </Link>
      <span className="saved-tools">
        <button type="button" className="link" onClick={async () => onSaid(await copyLink(view))}>
          <Trans>
            copy<span className="visually-hidden"> the link of {name}</span>
          </Trans>
        </button>
        <button type="button" className="link" onClick={() => setTyped(name)}>
          <Trans>
            rename<span className="visually-hidden"> {name}</span>
          </Trans>
        </button>
        <button
          type="button"
          className="link"
          onClick={() => {
            keep(withoutView(views, name))
            onSaid(t`${name} is deleted.`)
          }}
        >
          <Trans>
            delete<span className="visually-hidden"> {name}</span>
          </Trans>
        </button>
      </span>
    </li>
  )
}

/** The views as a file, and back. */
function Exchange({ onSaid }: { onSaid: (said: string) => void }) {
  const id = useId()
  const views = useSavedViews()
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const found = viewsIn((await target.files?.[0]?.text()) ?? null)
    target.value = ''
    if (!found) return onSaid(t`There are no saved views in this file.`)
    keep(merged(views, found))
    onSaid(t`${found.length} taken over.`)
  }
  return (
    <div className="saved-exchange">
      <button
        type="button"
        className="button"
        disabled={views.length === 0}
        onClick={() =>
          save(new Blob([asJson(views)], { type: 'application/json' }), 'scarcity-views.json')
        }
      >
        {t`Export`}
      </button>
      <label htmlFor={id} className="button">
        {t`Import`}
      </label>
      <input id={id} type="file" className="visually-hidden" accept=".json" onChange={take} />
    </div>
  )
}

function Menu() {
  const views = useSavedViews()
  const [said, setSaid] = useState('')
  return (
    <section id="saved" className="account-menu saved-menu" aria-label={t`Saved views`}>
      <SaveForm onSaid={setSaid} />
      {views.length > 0 ? (
        <ul className="saved-list">
          {views.map((view) => (
            <Item key={view.name} view={view} onSaid={setSaid} />
          ))}
        </ul>
      ) : (
        <p className="quiet">{t`Nothing is saved yet. An address holds all that you filter by.`}</p>
      )}
      <p role="status" className="saved-said">
        {said}
      </p>
      <Exchange onSaid={setSaid} />
      <small>{t`Kept in this browser; the command palette finds them, too.`}</small>
    </section>
  )
}

export function SavedViews() {
  const { open, setOpen, ref } = useMenu<HTMLDivElement>()
  const { search } = useLocation()
  const [before, setBefore] = useState(search)
  if (before !== search) {
    setBefore(search)
    setOpen(false)
  }
  return (
    <div className="account" ref={ref}>
      <button
        type="button"
        className="icon-button"
        aria-expanded={open}
        aria-controls="saved"
        aria-label={t`Saved views`}
        title={t`Saved views`}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M7 4h10v16l-5-4-5 4z" />
        </svg>
      </button>
      {open && <Menu />}
    </div>
  )
}
