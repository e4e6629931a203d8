import { plural, t } from '@lingui/core/macro'
import { Plural, Trans } from '@lingui/react/macro'
import type { Membership, Round } from '../../api/federation'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel } from '../../ui/small'
import { useNow } from '../../ui/useNow'
import { forest, opposite } from './forest'
import { dissent, distrusted, everybody, judged, lastHeard } from './rounds'
import { keyState, whyLeftOut, whyRefused } from './words'

interface Props {
  membership: Membership
  /** Of the same federation in this deployment. */
  all: readonly Membership[]
  /** Judged by the membership, newest first. */
  rounds: readonly Round[]
}

function Believed({ membership, peer }: { membership: Membership; peer: string }) {
  const one = judged(membership, peer)
  if (!one) return <Chip>{t`not in this round`}</Chip>
  if (one.is_used) return <Chip tone="good">{t`✓ believed`}</Chip>
  return (
    <>
      <Chip tone="bad">{t`✕ left out`}</Chip>
      <small>{whyLeftOut(one.reason)}</small>
    </>
  )
}

function Weight({ weight }: { weight: number }) {
  return (
    <span className="weight">
      <span className="weight-bar" aria-hidden="true">
        <span style={{ width: `${100 * weight}%` }} />
      </span>
      {format.percent(weight)}
    </span>
  )
}

function Against({ membership, all, peer }: { peer: string } & Omit<Props, 'rounds'>) {
  const { against, heard } = dissent(membership.edges, peer)
  const seen = opposite(forest(membership, all, null), peer)
  if (seen.opposite > 0) {
    return (
      <span className="contrary">
        <Trans>
          {format.count(seen.opposite)} of <Plural value={seen.seen} one="# edge" other="# edges" />
          <small>by its own estimate</small>
        </Trans>
      </span>
    )
  }
  if (heard === 0) return '–'
  return t`${format.count(against)} of ${plural(heard, { one: '# edge', other: '# edges' })}`
}

function Refusals({ membership, peer }: { membership: Membership; peer: string }) {
  const own = membership.refused.filter((one) => one.peer === peer)
  if (own.length === 0) return t`none`
  return own.map(({ reason, count }) => (
    <span key={reason} title={whyRefused(reason)}>
      <Chip tone="warn">
        {format.count(count)} {reason}
      </Chip>
      <small>{whyRefused(reason)}</small>
    </span>
  ))
}

function Row({ peer, ...props }: { peer: string } & Props) {
  const { membership, all, rounds } = props
  const now = useNow()
  const one = judged(membership, peer)
  const key = keyState(peer, membership)
  const odd = one?.is_used === false
  return (
    <tr className={odd ? 'peer-odd' : ''} data-testid={`peer-${peer}`}>
      <th scope="row">
        {peer}
        {peer === membership.peer && <small>{t`this membership`}</small>}
      </th>
      <td>
        <Believed membership={membership} peer={peer} />
      </td>
      <td>{one ? <Weight weight={one.weight} /> : '–'}</td>
      <td>
        <Against membership={membership} all={all} peer={peer} />
      </td>
      <td>{format.count(one?.rows)}</td>
      <td>
        <Chip tone={key.tone}>{key.text}</Chip>
      </td>
      <td>{format.ago(lastHeard(rounds, peer), now)}</td>
      <td>
        <Refusals membership={membership} peer={peer} />
      </td>
    </tr>
  )
}

const heads = (): [head: string, help: string][] => [
  [t`peer`, ''],
  [t`believed`, t`Whether its evidence was used in the newest round`],
  [t`weight`, t`Its mean share in the pooled effects`],
  [t`against`, t`Edges on which it is on the other side of what is pooled`],
  [t`rows`, t`That its evidence rests on`],
  [t`key`, t`Counts where a statement that it signed was let in`],
  [t`last heard`, t`When a statement of it was last let in to a round`],
  [t`refused`, t`Statements that were not let in, since the start`],
]

export function Peers(props: Props) {
  const { membership, rounds } = props
  const names = everybody(rounds, membership)
  return (
    <Panel title={t`Peers`} aside={<small>{t`in round ${membership.round}`}</small>}>
      <ScrollTable label={t`Peers`}>
        <table className="peers">
          <caption className="visually-hidden">
            {t`Peers of ${membership.federation} as ${membership.peer} sees them`}
          </caption>
          <thead>
            <tr>
              {heads().map(([head, help]) => (
                <th key={head} scope="col" title={help}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((peer) => (
              <Row key={peer} peer={peer} {...props} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </Panel>
  )
}

function Trust({ by, of }: { by: Membership; of: string }) {
  const one = judged(by, of)
  if (by.peer === of) return <td className="trust trust-self">{t`own`}</td>
  if (!one) return <td className="trust">–</td>
  if (one.is_used) return <td className="trust trust-used">✓ {format.percent(one.weight)}</td>
  return (
    <td className="trust trust-out" title={whyLeftOut(one.reason)}>
      ✕ {one.reason}
    </td>
  )
}

/** Who believes whom, where several memberships run in this deployment. */
export function TrustMatrix({ all }: { all: readonly Membership[] }) {
  if (all.length < 2) return null
  const odd = distrusted(all)
  const peers = [...new Set(all.flatMap((one) => one.peers.map(({ peer }) => peer)))].sort()
  return (
    <Panel
      title={t`Who believes whom`}
      aside={
        <small>
          {plural(all.length, { one: '# membership runs here', other: '# memberships run here' })}
        </small>
      }
    >
      <ScrollTable label={t`Who believes whom`}>
        <table className="trust-table">
          <caption className="visually-hidden">
            {t`Each row is a membership of this deployment, each column a peer that it judges`}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t`judged by`}</th>
              {peers.map((peer) => (
                <th key={peer} scope="col" className={odd.includes(peer) ? 'trust-odd' : ''}>
                  {peer}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((by) => (
              <tr key={by.peer} className={odd.includes(by.peer) ? 'trust-odd-row' : ''}>
                <th scope="row">{by.peer}</th>
                {peers.map((peer) => (
                  <Trust key={peer} by={by} of={peer} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </Panel>
  )
}
