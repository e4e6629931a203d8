import type { Domain } from '../../api/meta'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useGraphs, useMeta } from '../../live/queries'
import { Choice } from '../../ui/Choice'
import { Stat } from '../../ui/small'
import { Empty, Loaded, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { useParam } from '../../ui/useParam'
import { SharedEdges } from './SharedEdges'
import { Streams, Teaching } from './Teaching'
import { Told } from './Told'
import { Trials } from './Trials'
import { isTold } from './words'
import '../../styles/meta.css'

/** Of a domain with more streams, the graphs of the first so many are compared. */
const COMPARED = 16

function DomainView({ domain }: { domain: Domain }) {
  const [chosen, setChosen] = useParam('stream')
  const now = useNow()
  const graphs = useGraphs(domain.streams.slice(0, COMPARED).map(({ stream }) => stream))
  const toldOf = domain.streams.find(({ stream }) => stream === chosen)
  return (
    <section className="domain" aria-label={`Domain ${domain.domain}`}>
      <dl className="stats">
        <Stat label="streams">{format.count(domain.streams.length)}</Stat>
        <Stat label="teach">{domain.streams.filter(({ unused }) => !unused).length}</Stat>
        <Stat label="are told">{domain.streams.filter(isTold).length}</Stat>
        <Stat label="looked at">{format.ago(domain.at, now)}</Stat>
      </dl>
      <Streams domain={domain} chosen={chosen} onChoose={setChosen} />
      {toldOf && (
        <Told
          stream={toldOf.stream}
          graph={graphs.find(({ stream }) => stream === toldOf.stream) ?? null}
          onClose={() => setChosen(null)}
        />
      )}
      <Teaching domain={domain} />
      <SharedEdges graphs={graphs} />
    </section>
  )
}

function Domains({ domains }: { domains: readonly Domain[] }) {
  const [wanted, setWanted] = useParam('domain')
  const domain = domains.find((one) => one.domain === wanted) ?? domains[0]
  if (!domain) {
    return (
      <Empty title="No domain has been looked at yet.">
        <p>
          Streams with the same <code>domain</code> in their definition teach each other: say it
          with <code>scarcity define NAME --domain DOMAIN</code>. A stream is told something by
          three others at least, once they have rows enough; the service <code>meta_learning</code>{' '}
          has to run, which <code>scarcity up</code> sees to.
        </p>
      </Empty>
    )
  }
  return (
    <>
      {domains.length > 1 ? (
        <Choice
          label="Domain"
          value={domain.domain}
          options={domains.map(({ domain: name }) => ({ value: name, label: name }))}
          onChange={setWanted}
        />
      ) : (
        <h2>Domain {domain.domain}</h2>
      )}
      <DomainView key={domain.domain} domain={domain} />
    </>
  )
}

export function MetaPage() {
  useTitle('Meta-learning')
  const meta = useMeta()
  return (
    <div className="plain-page">
      <h1>Meta-learning</h1>
      <p className="quiet">
        What streams of a domain teach each other: what to expect of an edge before own rows say so.
      </p>
      <Loaded query={meta} skeleton={<Skeleton lines={2} tall />}>
        {({ domains, trials }) => (
          <>
            <Domains domains={domains} />
            <Trials trials={trials} />
          </>
        )}
      </Loaded>
    </div>
  )
}
