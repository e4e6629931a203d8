import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Decision, GovernedInstance, Governor } from '../../api/governor'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { useDecisions, useGovernor, useMemoryHistory } from '../../live/queries'
import { Choice, Segments } from '../../ui/Choice'
import { Panel } from '../../ui/small'
import { Empty, Loaded, Skeleton } from '../../ui/states'
import { useNow } from '../../ui/useNow'
import { useParam } from '../../ui/useParam'
import { displayName } from '../overview/stages'
import { BudgetChart } from './BudgetChart'
import { DecisionTable } from './DecisionTable'
import { byConcern, filtered, levelOf, rules } from './history'
import { InstanceCard } from './InstanceCard'
import { SPANS, type SpanName, spanOf } from './time'
import '../../styles/governor.css'

const ANY = ''

function headline(instances: readonly GovernedInstance[], decisions: readonly Decision[]): string {
  const bound = instances.filter((i) => i.share < 1 || levelOf(i, decisions) !== 'normal')
  const all = plural(instances.length, { one: '# instance', other: '# instances' })
  if (bound.length === 0) return t`${all}, all at full work.`
  return t`${format.count(bound.length)} of ${all} held back.`
}

function Instances(props: {
  instances: readonly GovernedInstance[]
  decisions: readonly Decision[]
  fetchedAt: number
}) {
  const { instances, decisions, fetchedAt } = props
  const memory = useMemoryHistory()
  return (
    <ul className="instances">
      {byConcern(instances, decisions).map((instance) => (
        <InstanceCard
          key={instance.id}
          instance={instance}
          decisions={decisions}
          memory={memory[instance.id] ?? []}
          fetchedAt={fetchedAt}
        />
      ))}
    </ul>
  )
}

const SPAN_LABELS: Record<SpanName, MessageDescriptor> = {
  '1m': msg`1 min`,
  '10m': msg`10 min`,
  '1h': msg`1 h`,
  all: msg`All`,
}

const isSpan = (text: string | null): text is SpanName => SPANS.some((name) => name === text)

interface HistoryProps {
  instances: readonly GovernedInstance[]
  decisions: readonly Decision[]
  instance: string | null
}

function History({ instances, decisions, instance }: HistoryProps) {
  const [wanted, setWanted] = useParam('span')
  const now = useNow(2_000)
  const name = isSpan(wanted) ? wanted : 'all'
  const instants = decisions.map(({ at }) => Date.parse(at))
  const span = spanOf(name, instants, now)
  const asked = instances.filter(({ id }) => !instance || id === instance)
  const decidedOn = new Set(decisions.map((decision) => decision.instance))
  const shown = asked.filter(({ id }) => decidedOn.has(id))
  const silent = asked.filter(({ id }) => !decidedOn.has(id))
  const options = SPANS.map((value) => ({ value, label: i18n._(SPAN_LABELS[value]) }))
  const choose = (value: string) => setWanted(value === 'all' ? null : value)
  return (
    <Panel
      title={t`Budgets over time`}
      aside={<Segments label={t`Time shown`} value={name} options={options} onChange={choose} />}
    >
      {shown.length === 0 && (
        <Empty title={t`No decision is known. Budgets change only when a load does.`} />
      )}
      <div className="budget-charts">
        {shown.map(({ id, component }) => (
          <BudgetChart
            key={id}
            instance={id}
            component={component}
            decisions={decisions}
            span={span}
          />
        ))}
      </div>
      {shown.length > 0 && silent.length > 0 && (
        <p className="quiet footnote">
          {t`No decision is known of ${format.list(silent.map(({ id }) => id))}.`}
        </p>
      )}
    </Panel>
  )
}

function useFilter() {
  const [instance, setInstance] = useParam('instance')
  const [rule, setRule] = useParam('rule')
  return { instance, setInstance, rule, setRule }
}

function Filters(props: {
  filter: ReturnType<typeof useFilter>
  instances: readonly GovernedInstance[]
  decisions: readonly Decision[]
}) {
  const { filter, instances, decisions } = props
  const any = { value: ANY, label: t`all` }
  return (
    <search className="filters" aria-label={t`Filters`}>
      <Choice
        label={t`Instance`}
        value={filter.instance ?? ANY}
        options={[
          any,
          ...instances.map(({ id, component }) => ({
            value: id,
            label: `${displayName(component)} (${id})`,
          })),
        ]}
        onChange={(value) => filter.setInstance(value || null)}
      />
      <Choice
        label={t`Rule of decisions`}
        value={filter.rule ?? ANY}
        options={[any, ...rules(decisions).map((rule) => ({ value: rule, label: rule }))]}
        onChange={(value) => filter.setRule(value || null)}
      />
    </search>
  )
}

function Body({ governor, fetchedAt }: { governor: Governor; fetchedAt: number }) {
  const decided = useDecisions()
  const filter = useFilter()
  const decisions = decided.data ?? []
  const instances = governor.instances.filter(
    ({ id }) => !filter.instance || id === filter.instance,
  )
  if (governor.instances.length === 0) {
    return (
      <Empty title={t`No instance says what it has and uses.`}>
        <p>
          <Trans>
            Engines, stream managers, federation and meta-learning do so twice a second while they
            run; <code>scarcity up</code> starts them all, and the component page says who is up.
          </Trans>
        </p>
      </Empty>
    )
  }
  return (
    <>
      <p className="quiet">{headline(governor.instances, decisions)}</p>
      <Filters filter={filter} instances={governor.instances} decisions={decisions} />
      <section aria-label={t`Instances`}>
        {instances.length === 0 && (
          <Empty title={t`No instance ${filter.instance ?? ''} says anything now.`}>
            <button type="button" className="button" onClick={() => filter.setInstance(null)}>
              {t`Show all`}
            </button>
          </Empty>
        )}
        <Instances instances={instances} decisions={decisions} fetchedAt={fetchedAt} />
        <p className="quiet footnote">
          {t`Bands on a bar: a level begins at the band's right end, and ends below its left. They are those that its own reflex holds. The governor counts what it foresees and a reserve to the memory shown.`}
        </p>
      </section>
      <History instances={governor.instances} decisions={decisions} instance={filter.instance} />
      <Panel title={t`Decisions`} aside={<small>{t`newest first`}</small>}>
        <Loaded query={decided}>
          {(all) => <DecisionTable decisions={filtered(all, filter)} />}
        </Loaded>
      </Panel>
    </>
  )
}

export function GovernorPage() {
  useTitle(t`DRG`)
  const governor = useGovernor()
  return (
    <div className="plain-page">
      <h1>{t`Dynamic Resource Governor`}</h1>
      <Loaded query={governor} skeleton={<Skeleton lines={2} tall />}>
        {(data) => <Body governor={data} fetchedAt={governor.dataUpdatedAt} />}
      </Loaded>
    </div>
  )
}
