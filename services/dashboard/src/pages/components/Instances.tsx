import { t } from '@lingui/core/macro'
import type { Component, ComponentInstance, Wanted } from '../../api/components'
import { codeName } from '../../codes'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip } from '../../ui/small'
import { useNow } from '../../ui/useNow'
import { disagreement } from './words'

function Obeys({ instance, wanted }: { instance: ComponentInstance; wanted: Wanted }) {
  const said = disagreement(instance, wanted)
  return said ? <Chip tone="warn">≠ {said}</Chip> : <Chip tone="good">{t`✓ as wanted`}</Chip>
}

function Row({ instance, wanted }: { instance: ComponentInstance; wanted: Wanted | undefined }) {
  const now = useNow()
  return (
    <tr>
      <th scope="row">
        <code>{instance.id}</code>
      </th>
      <td>{codeName(instance.state)}</td>
      {wanted && (
        <td>
          <Obeys instance={instance} wanted={wanted} />
        </td>
      )}
      <td>{format.rate(instance.rate)}</td>
      <td>{format.count(instance.lag)}</td>
      <td>{format.count(instance.handled)}</td>
      <td>{format.ago(instance.last_heartbeat, now)}</td>
      <td>{format.ago(instance.since, now)}</td>
      <td>{instance.version}</td>
    </tr>
  )
}

const heads = (): string[] => [t`rate`, t`lag`, t`handled`, t`heartbeat`, t`started`, t`version`]

/** What each instance says that it really does. */
export function Instances({ component }: { component: Component }) {
  const { name, instances, wanted } = component
  if (instances.length === 0) return <p className="quiet">{t`No instance has been heard of.`}</p>
  return (
    <ScrollTable label={t`Instances of ${name}`}>
      <table className="instances-table">
        <caption className="visually-hidden">
          {t`Instances of ${name}, and what they really do`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t`instance`}</th>
            <th scope="col">{t`state`}</th>
            {wanted && <th scope="col">{t`obeys`}</th>}
            {heads().map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {instances.map((instance) => (
            <Row key={instance.id} instance={instance} wanted={wanted} />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}
