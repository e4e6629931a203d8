/** The frame around every page: header, connection state, theme, and where focus goes. */
import { useEffect, useRef } from 'react'
import { NavLink, Outlet, useLocation } from 'react-router'
import { useConnection } from '../live/connection'
import { useDeadLetters } from '../live/queries'
import type { ConnectionState } from '../live/sse'
import { Dot, type Tone } from '../ui/small'
import { Wordmark } from '../ui/Wordmark'
import { type ThemeChoice, useThemeChoice } from './theme'

const CONNECTION: Record<ConnectionState, { tone: Tone; hint: string }> = {
  live: { tone: 'good', hint: 'Changes arrive as they happen.' },
  reconnecting: {
    tone: 'warn',
    hint: 'The live feed is being opened; it resumes where it broke off.',
  },
  offline: { tone: 'bad', hint: 'The gateway does not answer; what you see may be old. Retrying.' },
}

function Connection() {
  const state = useConnection()
  const { tone, hint } = CONNECTION[state]
  return (
    <span className={`connection connection-${state}`} title={hint} role="status">
      <Dot tone={tone} />
      <span data-testid="connection">{state}</span>
    </span>
  )
}

const THEME_ICON: Record<ThemeChoice, string> = {
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  dark: 'M20 14.5A8 8 0 1 1 9.500 4a6.500 6.500 0 0 0 10.500 10.500z',
}

function ThemeToggle() {
  const [choice, next] = useThemeChoice()
  const label = `Theme: ${choice}. Change it.`
  return (
    <button type="button" className="icon-button" onClick={next} aria-label={label} title={label}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={THEME_ICON[choice]} />
      </svg>
    </button>
  )
}

function DeadLetterCount() {
  const { data } = useDeadLetters()
  const total = Object.values(data?.counts ?? {}).reduce((sum, n) => sum + n, 0)
  return total > 0 ? <span className="badge">{total > 999 ? '999+' : total}</span> : null
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

export function Shell() {
  const main = useFreshPage()
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <NavLink to="/" className="home" aria-label="SCARCITY, overview">
          <Wordmark />
        </NavLink>
        <nav aria-label="Pages">
          <NavLink to="/" end>
            Overview
          </NavLink>
          <NavLink to="/components">Components</NavLink>
          <NavLink to="/dead-letters">
            Dead letters <DeadLetterCount />
          </NavLink>
        </nav>
        <div className="top-end">
          <Connection />
          <ThemeToggle />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}
