import { t } from '@lingui/core/macro'
import { Link } from 'react-router'
import { useTitle } from '../app/useTitle'

export function NotFoundPage() {
  useTitle(t`Not found`)
  return (
    <div className="plain-page">
      <h1>{t`There is no page at this address`}</h1>
      <p>
        <Link to="/">{t`Go to the overview`}</Link>
      </p>
    </div>
  )
}
