import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { NavLink, useLocation } from 'react-router'
import * as format from '../format'
import { useDeadLetters } from '../live/queries'
import { PLACES, placeOf } from './places'
import { useMenu } from './useMenu'

function DeadLetterCount() {
  const { data } = useDeadLetters()
  const total = Object.values(data?.counts ?? {}).reduce((sum, n) => sum + n, 0)
  return total > 0 ? (
    <span className="badge">{total > 999 ? t`${format.count(999)}+` : format.count(total)}</span>
  ) : null
}

/** Links to all pages: in a row, or where that is too wide, in a menu. */
export function Navigation() {
  const { open, setOpen, ref } = useMenu<HTMLElement>()
  const { pathname } = useLocation()
  const here = placeOf(pathname)
  return (
    <nav ref={ref} aria-label={t`Pages`} className={open ? 'pages pages-open' : 'pages'}>
      <button
        type="button"
        className="button pages-toggle"
        aria-expanded={open}
        aria-controls="pages"
        onClick={() => setOpen(!open)}
      >
        <span className="pages-here">
          {here ? (
            <Trans>
              <span className="visually-hidden">Pages, now </span>
              {i18n._(here.label)}
            </Trans>
          ) : (
            t`Pages`
          )}
        </span>{' '}
        <span aria-hidden="true">▾</span>
      </button>
      <ul id="pages">
        {PLACES.filter(({ isAside }) => !isAside).map(({ path, label }) => (
          <li key={path}>
            <NavLink to={path} end={path === '/'} onClick={() => setOpen(false)}>
              {i18n._(label)}
              {path === '/dead-letters' && <DeadLetterCount />}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
