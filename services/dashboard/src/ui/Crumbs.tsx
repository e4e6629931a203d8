import { t } from '@lingui/core/macro'
import { Link } from 'react-router'

/** The way up from a page: what it is part of, outermost first. Its heading says what it is. */
export function Crumbs({
  above,
}: {
  above: readonly (readonly [name: string, address: string])[]
}) {
  return (
    <nav className="crumbs" aria-label={t`Part of`}>
      {above.map(([name, address]) => (
        <Link key={address} to={address}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
