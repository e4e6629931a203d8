import { Fragment } from 'react'
import { Link } from 'react-router'
import { useStreams } from '../../live/queries'
import { streamAddress } from '../addresses'

/** What messages were about: streams lead to their pages, and the rest is said as it is. */
export function About({ keys }: { keys: readonly string[] }) {
  const { data } = useStreams()
  const known = new Set(data?.items.map(({ id }) => id))
  if (keys.length === 0) return '–'
  return keys.map((key, i) => (
    <Fragment key={key}>
      {i > 0 && ', '}
      {known.has(key) ? <Link to={streamAddress(key)}>{key}</Link> : key}
    </Fragment>
  ))
}
