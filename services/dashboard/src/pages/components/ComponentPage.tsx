import { t } from '@lingui/core/macro'
import { Link, useParams } from 'react-router'
import type { ComponentDetail, Wanted } from '../../api/components'
import { isNotFound } from '../../api/problems'
import { useRefusal } from '../../app/session'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useComponent } from '../../live/queries'
import { Crumbs } from '../../ui/Crumbs'
import { Chip, Panel, Stat } from '../../ui/small'
import { Failure, Refused, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { displayName } from '../overview/stages'
import { Audit } from './Audit'
import { StatusChip } from './ComponentsPage'
import { Instances } from './Instances'
import { Review } from './Review'
import { SettingsForm } from './SettingsForm'
import { type Order, useOrder } from './useOrder'
import { agreement, canPause, wish } from './words'
import '../../styles/components.css'

function WantedStats({ detail }: { detail: ComponentDetail }) {
  const now = useNow()
  const { wanted } = detail
  const agreed = agreement(detail)
  return (
    <dl className="stats">
      <Stat label={t`wanted`}>{wish(wanted)}</Stat>
      <Stat label={t`by`}>{wanted.by ?? t`nobody yet`}</Stat>
      <Stat label={t`since`}>{wanted.at ? format.ago(wanted.at, now) : t`its start`}</Stat>
      <Stat label={t`really`}>{agreed && <Chip tone={agreed.tone}>{agreed.text}</Chip>}</Stat>
    </dl>
  )
}

interface ControlsProps {
  name: string
  wanted: Wanted
  order: Order
  disabled: boolean
}

function Controls({ name, wanted, order, disabled }: ControlsProps) {
  const { enabled, paused } = wanted
  return (
    <div className="form-end">
      <button
        type="button"
        className="button"
        disabled={disabled}
        onClick={() => order.propose(wanted, { ...wanted, enabled: !enabled })}
      >
        {enabled ? t`Switch off` : t`Switch on`}
      </button>
      {canPause(name) && (
        <button
          type="button"
          className="button"
          disabled={disabled || !enabled}
          onClick={() => order.propose(wanted, { ...wanted, paused: !paused })}
        >
          {paused ? t`Resume` : t`Pause`}
        </button>
      )}
      {wanted.version > 0 && Object.keys(wanted.settings).length > 0 && (
        <button
          type="button"
          className="button"
          disabled={disabled}
          onClick={() => order.propose(wanted, { ...wanted, settings: {} })}
        >
          {t`All settings as it was started`}
        </button>
      )}
    </div>
  )
}

function Body({ detail }: { detail: ComponentDetail }) {
  const { name, wanted, schema, commands } = detail
  const order = useOrder(name)
  const why = useRefusal({ role: 'admin', what: t`Changing a component`, isAboutAll: true })
  return (
    <>
      <Panel title={t`Wanted, and really`}>
        <WantedStats detail={detail} />
        {schema ? (
          <>
            <Controls name={name} wanted={wanted} order={order} disabled={why !== null} />
            <Refused why={why} />
          </>
        ) : (
          <p className="quiet">
            {t`It cannot be changed while it runs: somebody has to be left to ask.`}
          </p>
        )}
        <Instances component={detail} />
      </Panel>
      <Review name={name} order={order} version={wanted.version} />
      {schema && (
        <SettingsForm
          key={order.obeyed}
          schema={schema}
          wanted={wanted}
          inForce={detail.in_force}
          disabled={why !== null}
          onReview={(base, settings) => order.propose(base, { ...base, settings })}
        />
      )}
      <Audit commands={commands} />
    </>
  )
}

function Unknown({ name }: { name: string }) {
  return (
    <div className="plain-page">
      <h1>{t`There is no component named ${name}`}</h1>
      <p>
        <Link to="/components">{t`All components`}</Link>
      </p>
    </div>
  )
}

export function ComponentPage() {
  const { name = '' } = useParams()
  useTitle(t`${displayName(name)}, component`)
  const component = useComponent(name)
  if (component.data === undefined) {
    if (isNotFound(component.error)) return <Unknown name={name} />
    if (component.error) {
      return <Failure error={component.error} onRetry={() => component.refetch()} />
    }
    return <Skeleton lines={2} tall />
  }
  return (
    <div className="plain-page">
      <Crumbs above={[[t`Components`, '/components']]} />
      <div className="page-head">
        <h1>{displayName(name)}</h1>
        <StatusChip status={component.data.status} />
      </div>
      {component.data.detail && <p className="quiet">{component.data.detail}</p>}
      <Body key={name} detail={component.data} />
    </div>
  )
}
