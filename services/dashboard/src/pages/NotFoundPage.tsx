import { Link } from 'react-router'
import { useTitle } from '../app/useTitle'

export function NotFoundPage() {
  useTitle('Not found')
  return (
    <div className="plain-page">
      <h1>There is no page at this address</h1>
      <p>
        <Link to="/">Go to the overview</Link>
      </p>
    </div>
  )
}
