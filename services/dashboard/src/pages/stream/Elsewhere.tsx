import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
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
        <Trans>
          <Link to={pageOf(prior.origin)}>The {originName(prior.origin)}</Link>:{' '}
          {trustInWords(prior)}
        </Trans>
      </span>
      <small>
        {t`${plural(own.length, { one: '# edge', other: '# edges' })} of this graph, ${format.count(imported.length)} thanks to them only · tried on ${plural(prior.rows, { one: '# row', other: '# rows' })}, ${format.signed(prior.gain, 1)} nats · said ${format.ago(prior.at, now)} · rests on ${format.list(prior.provenance)}`}
      </small>
    </li>
  )
}

/** What came from elsewhere, and how far the engine uses it. */
export function Elsewhere({ priors, edges }: { priors: readonly Prior[]; edges: readonly Edge[] }) {
  if (priors.length === 0) return null
  return (
    <Panel title={t`What others expect`}>
      <ul className="paths">
        {priors.map((prior) => (
          <Item key={prior.origin} prior={prior} edges={edges} />
        ))}
      </ul>
    </Panel>
  )
}
