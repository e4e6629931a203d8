import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Link } from 'react-router'
import type { Federations, Membership } from '../../api/federation'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useFederation } from '../../live/queries'
import { Choice } from '../../ui/Choice'
import { Chip, Dot, Stat } from '../../ui/small'
import { Empty, Loaded, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { useParam } from '../../ui/useParam'
import { Forest } from './Forest'
import { Peers, TrustMatrix } from './Peers'
import { PrivacyPanel } from './PrivacyPanel'
import { Rounds } from './Rounds'
import { byFederation, distrusted, keyOf, leftOut, roundsOf } from './rounds'
import { modeInWords, OUTCOMES, whyLeftOut } from './words'
import '../../styles/federation.css'

const ROUNDS_SHOWN = 30

/** Who is out of line, said first and in one sentence. */
function OutOfLine({ membership, all }: { membership: Membership; all: readonly Membership[] }) {
  const out = leftOut(membership)
  const odd = distrusted(all)
  if (out.length === 0) return null
  const isOdd = odd.includes(membership.peer)
  return (
    <div className="notice out-of-line" role="status">
      {isOdd ? (
        <p>
          <Trans>
            <strong>{membership.peer} is out of line.</strong> Most others leave it out, and it
            leaves out {format.list(out.map(({ peer }) => peer))}.
          </Trans>
        </p>
      ) : (
        out.map(({ peer, reason }) => (
          <p key={peer}>
            <Trans>
              <strong>{peer} is left out</strong> of round {membership.round}: {whyLeftOut(reason)}{' '}
              <code>{reason}</code>
            </Trans>
          </p>
        ))
      )}
    </div>
  )
}

function Header({ membership }: { membership: Membership }) {
  const now = useNow()
  const { outcome, mode, peers } = membership
  const { tone, text } = OUTCOMES[outcome]
  const used = peers.filter(({ is_used }) => is_used).length
  return (
    <>
      <p className="stream-tags">
        <Chip tone={tone}>
          <Dot tone={tone} /> {i18n._(text)}
        </Chip>
        <span title={modeInWords(mode)}>
          <Chip>{t`mode ${mode}`}</Chip>
        </span>
        <Chip>{t`rule ${membership.rule}`}</Chip>
        <span className="quiet">
          <Trans>
            {membership.peer} speaks of{' '}
            <Link to={`/streams/${encodeURIComponent(membership.stream)}`}>
              {membership.stream}
            </Link>
            , a {membership.subject}.
          </Trans>
        </span>
      </p>
      <p>{membership.text}.</p>
      {membership.reason && <p className="quiet">{t`Given up: ${membership.reason}`}</p>}
      <dl className="stats">
        <Stat label={t`round`}>{format.count(membership.round)}</Stat>
        <Stat label={t`judged`}>{format.ago(membership.at, now)}</Stat>
        <Stat label={t`believed`}>{t`${format.count(used)} of ${format.count(peers.length)}`}</Stat>
        <Stat label={t`quorum`}>{format.count(membership.quorum)}</Stat>
        <Stat label={t`accepted`}>{format.count(membership.accepted)}</Stat>
        <Stat label={t`contested`}>{format.count(membership.contested)}</Stat>
        <Stat label={t`late`}>{format.count(membership.late)}</Stat>
      </dl>
    </>
  )
}

interface Props {
  name: string
  all: readonly Membership[]
  federations: Federations
}

/** The membership that the address names, or the first that is not out of line itself. */
function useMembership(all: readonly Membership[]) {
  const [wanted, setWanted] = useParam('as')
  const odd = distrusted(all)
  const named = all.find((one) => keyOf(one) === wanted)
  const first = all.find(({ peer }) => !odd.includes(peer)) ?? all[0]
  return [named ?? first, setWanted] as const
}

function Federation({ name, all, federations }: Props) {
  const [membership, setMembership] = useMembership(all)
  if (!membership) return null
  const rounds = roundsOf(federations.rounds, membership, ROUNDS_SHOWN)
  return (
    <section className="federation" aria-label={t`Federation ${name}`}>
      <header className="federation-head">
        <h2>{name}</h2>
        {all.length > 1 && (
          <Choice
            label={t`As seen by`}
            value={keyOf(membership)}
            options={all.map((one) => ({ value: keyOf(one), label: one.peer }))}
            onChange={setMembership}
          />
        )}
      </header>
      <Header membership={membership} />
      <OutOfLine membership={membership} all={all} />
      {membership.privacy && <PrivacyPanel privacy={membership.privacy} />}
      <TrustMatrix all={all} />
      <Peers membership={membership} all={all} rounds={rounds} />
      <Rounds membership={membership} rounds={rounds} />
      <Forest membership={membership} all={all} />
    </section>
  )
}

function HowToBegin() {
  return (
    <Empty title={t`This deployment is in no federation that has judged a round yet.`}>
      <p>
        <Trans>
          Deployments that watch the same kind of thing can share evidence, never rows. One founds a
          federation with <code>scarcity federation init</code>, others join it; the first round is
          judged here as soon as enough have spoken. To see it at work,{' '}
          <code>scarcity up --demo federation</code> runs five plants, one of which lies.
        </Trans>
      </p>
    </Empty>
  )
}

export function FederationPage() {
  useTitle(t`Federation`)
  const federations = useFederation()
  return (
    <div className="plain-page">
      <h1>{t`Federation`}</h1>
      <p className="quiet">
        {t`Evidence of peers, pooled here: whom this deployment believes, and on what they agree.`}
      </p>
      <Loaded query={federations} skeleton={<Skeleton lines={2} tall />}>
        {(data) =>
          data.memberships.length === 0 ? (
            <HowToBegin />
          ) : (
            byFederation(data.memberships).map(([name, all]) => (
              <Federation key={name} name={name} all={all} federations={data} />
            ))
          )
        }
      </Loaded>
    </div>
  )
}
