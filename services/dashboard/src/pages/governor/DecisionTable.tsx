import { t } from '@lingui/core/macro'
import { useState } from 'react'
import type { Decision } from '../../api/governor'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { displayName } from '../overview/stages'
import { gauges, resourceName } from './gauges'
import { LevelChip } from './InstanceCard'
import { effect, GLYPHS, levelName, ruleInWords } from './words'

const SHOWN = 12
const MOST = 200

function When({ at }: { at: string }) {
  const now = useNow(5_000)
  return (
    <td title={at}>
      {format.clockTime(at)}
      <small>{format.ago(at, now)}</small>
    </td>
  )
}

function Rule({ decision }: { decision: Decision }) {
  const { rule, by } = decision
  return (
    <td title={ruleInWords(rule)}>
      <span className={`rule rule-${rule}`} aria-hidden="true">
        {GLYPHS[rule] ?? '·'}
      </span>
      {rule}
      <small>{by === 'drg' ? t`by DRG` : t`by its ${by}`}</small>
    </td>
  )
}

/** What the decision rests on: what was measured, in full on demand. */
function Inputs({ decision }: { decision: Decision }) {
  const known = gauges(decision.sample, null).filter((gauge) => gauge.known)
  return (
    <td>
      {resourceName(decision.binding)}
      {decision.load !== null && (
        <small>{t`at ${format.percent(decision.load)} of its limit`}</small>
      )}
      <details>
        <summary>{t`what was measured`}</summary>
        <dl className="inputs">
          {known.map(({ name, label, text }) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </details>
    </td>
  )
}

function Row({ decision }: { decision: Decision }) {
  const { component, instance, level, level_before: before } = decision
  return (
    <tr>
      <When at={decision.at} />
      <th scope="row" title={instance}>
        {displayName(component)}
      </th>
      <Rule decision={decision} />
      <Inputs decision={decision} />
      <td>
        {format.bytes(decision.predicted)}
        <small>
          {decision.time_to_limit_s === null
            ? t`memory does not rise`
            : t`limit in ${format.seconds(decision.time_to_limit_s)}`}
        </small>
      </td>
      <td>
        <strong>
          {format.percent(decision.share_before)} → {format.percent(decision.share)}
        </strong>
        <small>{effect(decision)}</small>
        {decision.is_dry_run && <Chip tone="warn">{t`dry run`}</Chip>}
      </td>
      <td>
        <LevelChip level={level} />
        {before !== level && <small>{t`before: ${levelName(before)}`}</small>}
      </td>
    </tr>
  )
}

const heads = (): string[] => [
  t`when`,
  t`component`,
  t`rule`,
  t`rests on`,
  t`memory foreseen`,
  t`budget`,
  t`level`,
]

function more(known: number): string {
  if (known <= MOST) return t`All ${format.count(known)} that are known`
  return t`The newest ${format.count(MOST)} of ${format.count(known)} that are known`
}

export function DecisionTable({ decisions }: { decisions: readonly Decision[] }) {
  const [all, setAll] = useState(false)
  if (decisions.length === 0) {
    return <Empty title={t`No decision matches. Budgets change only when a load does.`} />
  }
  return (
    <>
      <ScrollTable label={t`Decisions`}>
        <table className="decisions" data-testid="decisions">
          <caption className="visually-hidden">
            {t`Decisions of the governor, newest first, with what each rests on`}
          </caption>
          <thead>
            <tr>
              {heads().map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {decisions.slice(0, all ? MOST : SHOWN).map((decision) => (
              <Row key={`${decision.instance} ${decision.by} ${decision.at}`} decision={decision} />
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {decisions.length > SHOWN && (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t`Only the newest ${SHOWN}` : more(decisions.length)}
        </button>
      )}
    </>
  )
}
