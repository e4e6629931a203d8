import type { Component, ComponentInstance } from '../api/client'
import { useTitle } from '../app/useTitle'
import * as format from '../format'
import { useComponents } from '../live/queries'
import { ScrollTable } from '../ui/ScrollTable'
import { Chip, Dot } from '../ui/small'
import { Empty, Loaded } from '../ui/states'
import { useNow } from '../ui/useNow'
import { displayName, STATUS_TONE } from './overview/stages'

function Instance({ instance, now }: { instance: ComponentInstance; now: number }) {
  return (
    <tr>
      <th scope="row">
        <code>{instance.id}</code>
      </th>
      <td>{instance.state}</td>
      <td>{format.rate(instance.rate)}</td>
      <td>{format.count(instance.lag)}</td>
      <td>{format.count(instance.handled)}</td>
      <td>{format.ago(instance.last_heartbeat, now)}</td>
      <td>{format.ago(instance.since, now)}</td>
      <td>{instance.version}</td>
    </tr>
  )
}

const HEADS = ['instance', 'state', 'rate', 'lag', 'handled', 'heartbeat', 'started', 'version']

function Instances({ component, now }: { component: Component; now: number }) {
  if (component.instances.length === 0)
    return <p className="quiet">No instance has been heard of.</p>
  return (
    <ScrollTable label={`Instances of ${component.name}`}>
      <table>
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {component.instances.map((instance) => (
            <Instance key={instance.id} instance={instance} now={now} />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

function ComponentCard({ component, now }: { component: Component; now: number }) {
  const tone = STATUS_TONE[component.status]
  return (
    <li className="panel">
      <header>
        <h2>{displayName(component.name)}</h2>
        <Chip tone={tone}>
          <Dot tone={tone} /> {component.status}
        </Chip>
      </header>
      {component.detail && <p>{component.detail}</p>}
      <Instances component={component} now={now} />
    </li>
  )
}

export function ComponentsPage() {
  useTitle('Components')
  const components = useComponents()
  const now = useNow()
  return (
    <div className="plain-page">
      <h1>Components</h1>
      <p className="quiet">Health as measured by heartbeats, never assumed.</p>
      <Loaded query={components}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No component has reported yet.">
              <p>
                Each service reports within seconds of its start; <code>scarcity up</code> starts
                them all, <code>scarcity doctor</code> says what is wrong.
              </p>
            </Empty>
          ) : (
            <ul className="component-list">
              {items.map((component) => (
                <ComponentCard key={component.name} component={component} now={now} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  )
}
