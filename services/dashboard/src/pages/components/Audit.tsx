import type { Command } from '../../api/components'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { Differences } from './Differences'
import { differences } from './diff'

function Outcome({ command }: { command: Command }) {
  if (!command.refused) return <Chip tone="good">✓ version {command.version}</Chip>
  return (
    <>
      <Chip tone="bad">✕ refused</Chip>
      <small>{command.refused}</small>
    </>
  )
}

function Row({ command }: { command: Command }) {
  const now = useNow(5_000)
  const changed = differences(command.before, command.after)
  return (
    <tr>
      <td title={command.at}>
        {format.clockTime(command.at)}
        <small>{format.ago(command.at, now)}</small>
      </td>
      <th scope="row">{command.by}</th>
      <td className="audit-change">
        {changed.length === 0 ? (
          'nothing'
        ) : (
          <Differences of={changed} caption="What the command changed" />
        )}
      </td>
      <td className="audit-outcome">
        <Outcome command={command} />
      </td>
    </tr>
  )
}

/** Who wanted what, when, and what became of it. */
export function Audit({ commands }: { commands: readonly Command[] }) {
  return (
    <Panel title="Commands before" aside={<small>newest first</small>}>
      {commands.length === 0 ? (
        <Empty title="Nobody has commanded it since the gateway began to keep count." />
      ) : (
        <ScrollTable label="Commands before">
          <table className="audit" data-testid="audit">
            <caption className="visually-hidden">Commands, newest first</caption>
            <thead>
              <tr>
                {['when', 'who', 'what changed', 'outcome'].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {commands.map((command) => (
                <Row key={command.id} command={command} />
              ))}
            </tbody>
          </table>
        </ScrollTable>
      )}
    </Panel>
  )
}
