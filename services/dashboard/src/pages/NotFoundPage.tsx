import { Link } from 'react-router'
import { useTitle } from '../app/useTitle'
import { Empty } from '../ui/states'

export function NotFoundPage() {
  useTitle('Not found')
  return (
    <Empty title="There is no page at this address.">
      <p>
        <Link to="/">Go to the overview</Link>
      </p>
    </Empty>
  )
}
