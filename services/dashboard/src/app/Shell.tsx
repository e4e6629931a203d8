/** The frame around every page: header, connection state, theme, and where focus goes. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Suspense, useEffect, useRef, useState } from 'react'
import { NavLink, Outlet, useLocation } from 'react-router'
import { connectionName, useConnection } from '../live/connection'
import type { ConnectionState } from '../live/sse'
import { Dot, type Tone } from '../ui/small'
import { Skeleton } from '../ui/states'
import { Wordmark } from '../ui/Wordmark'
import { Account } from './Account'
import { Boundary } from './Boundary'
import { Help } from './Help'
import { Navigation } from './Navigation'
import { Palette } from './Palette'
import { SavedViews } from './SavedViews'
import { type ThemeChoice, useThemeChoice } from './theme'
import { useShortcuts } from './useShortcuts'

const CONNECTION: Record<ConnectionState, { tone: Tone; hint: MessageDescriptor }> = {
  live: { tone: 'good', hint: msg`Changes arrive as they happen.` },
  reconnecting: {
    tone: 'warn',
    hint: msg`The live feed is being opened; it resumes where it broke off.`,
  },
  asking: {
    tone: 'quiet',
    hint: msg`Asks every 10 s: the live feed is about all streams, and you are let in for some alone.`,
  },
  offline: {
    tone: 'bad',
    hint: msg`The gateway does not answer; what you see may be old. Retrying.`,
  },
}

function Connection() {
  const state = useConnection()
  const { tone, hint } = CONNECTION[state]
  return (
    <span className={`connection connection-${state}`} title={i18n._(hint)} role="status">
      <Dot tone={tone} />
      <span data-testid="connection">{connectionName(state)}</span>
    </span>
  )
}

const THEME_ICON: Record<ThemeChoice, string> = {
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  dark: 'M20 14.5A8 8 0 1 1 9.500 4a6.500 6.500 0 0 0 10.500 10.500z',
}

const THEME_LABEL: Record<ThemeChoice, MessageDescriptor> = {
  system: msg`Theme: system. Change it.`,
  light: msg`Theme: light. Change it.`,
  dark: msg`Theme: dark. Change it.`,
}

function ThemeToggle() {
  const [choice, next] = useThemeChoice()
  const label = i18n._(THEME_LABEL[choice])
  return (
    <button type="button" className="icon-button" onClick={next} aria-label={label} title={label}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={THEME_ICON[choice]} />
      </svg>
    </button>
  )
}

/** A new page starts at its top, and the keyboard in it. */
function useFreshPage() {
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [pathname])
  return main
}

function Search({ onOpen }: { onOpen: () => void }) {
  return (
    <button
      type="button"
      className="icon-button"
      onClick={onOpen}
      aria-label={t`Go to a page, stream or variable`}
      title={t`Go to a page, stream or variable (Ctrl K)`}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13M15.500 15.500 21 21" />
      </svg>
    </button>
  )
}

export function Shell() {
  const main = useFreshPage()
  const { pathname } = useLocation()
  const [opened, open] = useState<'palette' | 'help' | null>(null)
  useShortcuts(open)
  return (
    <>
      <a className="skip" href="#main">
        {t`Skip to the content`}
      </a>
      <header className="top">
        <NavLink to="/" className="home" aria-label={t`SCARCITY, overview`}>
          <Wordmark />
        </NavLink>
        <Navigation />
        <div className="top-end">
          <Connection />
          <Search onOpen={() => open('palette')} />
          <SavedViews />
          <ThemeToggle />
          <Account />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Boundary name={pathname}>
          <Suspense fallback={<Skeleton lines={2} tall />}>
            <Outlet />
          </Suspense>
        </Boundary>
      </main>
      {opened === 'palette' && <Palette onClose={() => open(null)} />}
      {opened === 'help' && <Help onClose={() => open(null)} />}
    </>
  )
}
