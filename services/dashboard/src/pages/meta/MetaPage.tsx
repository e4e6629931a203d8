import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
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
    <section className="domain" aria-label={t`Domain ${domain.domain}`}>
      <dl className="stats">
        <Stat label={t`streams`}>{format.count(domain.streams.length)}</Stat>
        <Stat label={t`teach`}>
          {format.count(domain.streams.filter(({ unused }) => !unused).length)}
        </Stat>
        <Stat label={t`are told`}>{format.count(domain.streams.filter(isTold).length)}</Stat>
        <Stat label={t`looked at`}>{format.ago(domain.at, now)}</Stat>
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
      <Empty title={t`No domain has been looked at yet.`}>
        <p>
          <Trans>
            Streams with the same <code>domain</code> in their definition teach each other: say it
            with <code>scarcity define NAME --domain DOMAIN</code>. A stream is told something by
            three others at least, once they have rows enough; the service{' '}
            <code>meta_learning</code> has to run, which <code>scarcity up</code> sees to.
          </Trans>
        </p>
      </Empty>
    )
  }
  return (
    <>
      {domains.length > 1 ? (
        <Choice
          label={t`Domain`}
          value={domain.domain}
          options={domains.map(({ domain: name }) => ({ value: name, label: name }))}
          onChange={setWanted}
        />
      ) : (
        <h2>{t`Domain ${domain.domain}`}</h2>
      )}
      <DomainView key={domain.domain} domain={domain} />
    </>
  )
}

export function MetaPage() {
  useTitle(t`Meta-learning`)
  const meta = useMeta()
  return (
    <div className="plain-page">
      <h1>{t`Meta-learning`}</h1>
      <p className="quiet">
        {t`What streams of a domain teach each other: what to expect of an edge before own rows say so.`}
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
