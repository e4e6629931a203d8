import { t } from '@lingui/core/macro'
import { type ReactNode, useEffect, useRef } from 'react'
import * as format from '../../format'
import { useNow } from '../../ui/useNow'
import { displayName } from '../overview/stages'
import { Differences } from './Differences'
import { clashes, differences } from './diff'
import type { Conflict, Done, Order, Proposal } from './useOrder'
import { withoutIt } from './words'

/** A box that takes the keyboard when it appears: it asks for a decision. */
function Decision({ title, tone, children }: { title: string; tone: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className={`panel review review-${tone}`} aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  )
}

function ConflictView({ conflict, order }: { conflict: Conflict; order: Order }) {
  const now = useNow()
  const { proposal, theirs } = conflict
  const hers = differences(proposal.base, theirs)
  const mine = differences(proposal.base, proposal.mine)
  const both = clashes(mine, hers)
  return (
    <Decision title={t`Somebody else has changed it meanwhile`} tone="bad">
      <p>
        {t`${theirs.by ?? t`Somebody`} has made it version ${theirs.version}, ${format.ago(theirs.at, now)}; you saw version ${proposal.base.version}. Nothing of yours was done.`}
      </p>
      <h3>{t`Theirs`}</h3>
      <Differences of={hers} caption={t`What somebody else changed`} />
      <h3>{t`Yours`}</h3>
      <Differences of={mine} caption={t`What you wanted to change`} />
      {both.length > 0 && (
        <p className="contrary">{t`Both change the same: ${format.list(both)}. Yours would win.`}</p>
      )}
      <div className="form-end">
        <button type="button" className="button" onClick={order.cancel}>
          {t`Leave it as theirs`}
        </button>
        <button type="button" className="button" onClick={() => order.rebase(conflict)}>
          {t`Put yours onto theirs`}
        </button>
      </div>
    </Decision>
  )
}

function ProposalView(props: { name: string; proposal: Proposal; order: Order; version: number }) {
  const { name, proposal, order, version } = props
  const { base, mine } = proposal
  const changed = differences(base, mine)
  return (
    <Decision title={t`Change ${displayName(name)}?`} tone="good">
      {changed.length === 0 ? (
        <p>{t`Nothing would change.`}</p>
      ) : (
        <Differences of={changed} caption={t`What would change`} />
      )}
      {!mine.enabled && base.enabled && <p>{withoutIt(name)}</p>}
      {version !== base.version && (
        <p className="contrary">
          {t`Version ${version} holds by now, and you saw ${base.version}: this will be refused, and shown beside theirs.`}
        </p>
      )}
      {order.send.error && <p role="alert">{order.send.error.message}</p>}
      <div className="form-end">
        <button
          type="button"
          className="button button-primary"
          disabled={changed.length === 0 || order.send.isPending}
          onClick={() => order.send.mutate(proposal)}
        >
          {order.send.isPending ? t`Sending…` : t`Do it`}
        </button>
        <button type="button" className="button" onClick={order.cancel}>
          {t`Cancel`}
        </button>
      </div>
    </Decision>
  )
}

function DoneView({ done }: { done: Done }) {
  return (
    <p className="notice notice-good" role="status">
      {done.command
        ? t`✓ Done: version ${done.command.version} is wanted. Its instances follow at once.`
        : t`Sent. The Core Manager has not answered yet; the command waits for it.`}
    </p>
  )
}

/** The change as it stands: to be confirmed, in conflict, or done. */
export function Review({ name, order, version }: { name: string; order: Order; version: number }) {
  if (order.conflict) return <ConflictView conflict={order.conflict} order={order} />
  if (order.proposal) {
    return <ProposalView name={name} proposal={order.proposal} order={order} version={version} />
  }
  return order.done ? <DoneView done={order.done} /> : null
}
