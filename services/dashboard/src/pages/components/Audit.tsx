import { t } from '@lingui/core/macro'
import type { Command } from '../../api/components'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { Differences } from './Differences'
import { differences } from './diff'

function Outcome({ command }: { command: Command }) {
  if (!command.refused) return <Chip tone="good">{t`✓ version ${command.version}`}</Chip>
  return (
    <>
      <Chip tone="bad">{t`✕ refused`}</Chip>
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
          t`nothing`
        ) : (
          <Differences of={changed} caption={t`What the command changed`} />
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
    <Panel title={t`Commands before`} aside={<small>{t`newest first`}</small>}>
      {commands.length === 0 ? (
        <Empty title={t`Nobody has commanded it since the gateway began to keep count.`} />
      ) : (
        <ScrollTable label={t`Commands before`}>
          <table className="audit" data-testid="audit">
            <caption className="visually-hidden">{t`Commands, newest first`}</caption>
            <thead>
              <tr>
                {[t`when`, t`who`, t`what changed`, t`outcome`].map((head) => (
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
