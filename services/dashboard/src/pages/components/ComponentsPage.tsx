import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Link } from 'react-router'
import type { Component } from '../../api/components'
import { useTitle } from '../../app/useTitle'
import { codeName } from '../../codes'
import { useComponents } from '../../live/queries'
import { Chip, Dot } from '../../ui/small'
import { Empty, Loaded } from '../../ui/states'
import { displayName, STATUS_TONE } from '../overview/stages'
import { Instances } from './Instances'
import { agreement, wish } from './words'
import '../../styles/components.css'

export const componentAddress = (name: string): string => `/components/${encodeURIComponent(name)}`

export function StatusChip({ status }: Pick<Component, 'status'>) {
  const tone = STATUS_TONE[status]
  return (
    <Chip tone={tone}>
      <Dot tone={tone} /> {codeName(status)}
    </Chip>
  )
}

function ComponentCard({ component }: { component: Component }) {
  const { name, status, detail, wanted } = component
  const agreed = agreement(component)
  return (
    <li className="panel" data-testid={`component-${name}`}>
      <header>
        <h2>
          <Link to={componentAddress(name)}>{displayName(name)}</Link>
        </h2>
        <StatusChip status={status} />
        {wanted && wanted.version > 0 && <Chip>{t`wanted: ${wish(wanted)}`}</Chip>}
        {agreed && agreed.tone !== 'good' && <Chip tone={agreed.tone}>{agreed.text}</Chip>}
        <Link className="button header-end" to={componentAddress(name)}>
          <Trans>
            Details
            <span className="visually-hidden"> of {displayName(name)}</span>
          </Trans>
        </Link>
      </header>
      {detail && <p>{detail}</p>}
      <Instances component={component} />
    </li>
  )
}

function NothingYet() {
  return (
    <Empty title={t`No component has reported yet.`}>
      <p>
        <Trans>
          Each service reports within seconds of its start; <code>scarcity up</code> starts them
          all, <code>scarcity doctor</code> says what is wrong.
        </Trans>
      </p>
    </Empty>
  )
}

export function ComponentsPage() {
  useTitle(t`Components`)
  const components = useComponents()
  return (
    <div className="plain-page">
      <h1>{t`Components`}</h1>
      <p className="quiet">{t`Health as measured by heartbeats, never assumed.`}</p>
      <Loaded query={components}>
        {({ items }) =>
          items.length === 0 ? (
            <NothingYet />
          ) : (
            <ul className="component-list">
              {items.map((component) => (
                <ComponentCard key={component.name} component={component} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  )
}
