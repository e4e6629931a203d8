import { Link } from 'react-router'
import type { Edge, Prior } from '../../api/client'
import * as format from '../../format'
import { originName, trustInWords } from '../../graph/imports'
import { Panel } from '../../ui/small'
import { useNow } from '../../ui/useNow'

const pageOf = (origin: string): string =>
  origin.startsWith('federation:') ? '/federation' : '/meta-learning'

function Item({ prior, edges }: { prior: Prior; edges: readonly Edge[] }) {
  const now = useNow(5_000)
  const own = edges.filter((edge) => edge.prior?.origin === prior.origin)
  const imported = own.filter((edge) => edge.imported)
  return (
    <li>
      <span>
        <Link to={pageOf(prior.origin)}>The {originName(prior.origin)}</Link>: {trustInWords(prior)}
      </span>
      <small>
        {format.plural(own.length, 'edge')} of this graph, {format.count(imported.length)} thanks to
        them only · tried on {format.plural(prior.rows, 'row')}, {format.signed(prior.gain, 1)} nats
        · said {format.ago(prior.at, now)} · rests on {prior.provenance.join(', ')}
      </small>
    </li>
  )
}

/** What came from elsewhere, and how far the engine uses it. */
export function Elsewhere({ priors, edges }: { priors: readonly Prior[]; edges: readonly Edge[] }) {
  if (priors.length === 0) return null
  return (
    <Panel title="What others expect">
      <ul className="paths">
        {priors.map((prior) => (
          <Item key={prior.origin} prior={prior} edges={edges} />
        ))}
      </ul>
    </Panel>
  )
}
