import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Decision, GovernedInstance, Level } from '../../api/governor'
import * as format from '../../format'
import type { MemoryPoint } from '../../live/reduce'
import { Chip, Dot, Stat } from '../../ui/small'
import { useNow } from '../../ui/useNow'
import { displayName } from '../overview/stages'
import { limitInWords, timeToLimit } from './foresight'
import { GaugeTable } from './GaugeTable'
import { gauges } from './gauges'
import { leaseLeft, levelOf } from './history'
import { isDryRun, thresholds } from './policy'
import { LEVEL_TONE, levelName } from './words'

interface Props {
  instance: GovernedInstance
  decisions: readonly Decision[]
  memory: readonly MemoryPoint[]
  /** When the sample was fetched, milliseconds since the epoch. */
  fetchedAt: number
}

export function LevelChip({ level }: { level: Level }) {
  return (
    <Chip tone={LEVEL_TONE[level]}>
      <Dot tone={LEVEL_TONE[level]} /> {levelName(level)}
    </Chip>
  )
}

/** The grant of DRG, and how long it is still good. */
function Lease({ instance, fetchedAt }: Pick<Props, 'instance' | 'fetchedAt'>) {
  const now = useNow()
  const { granted } = instance
  const left = leaseLeft(instance, (now - fetchedAt) / 1000)
  if (!granted || left === null) {
    return <Stat label={t`lease`}>{t`none; its own reflex governs alone`}</Stat>
  }
  const help = t`Granted by DRG: epoch ${granted.epoch}, number ${granted.sequence}, good for ${format.seconds(granted.ttl_s)}`
  return (
    <Stat label={t`lease`} title={help}>
      {left > 0 ? t`${format.seconds(Math.ceil(left))} left` : t`ran out: the safe share holds`}
      <span className="lease" aria-hidden="true">
        <span style={{ width: `${(100 * Math.max(0, left)) / granted.ttl_s}%` }} />
      </span>
    </Stat>
  )
}

function Foreseen({
  instance,
  decisions,
  memory,
}: Pick<Props, 'instance' | 'decisions' | 'memory'>) {
  const now = useNow()
  const newest = decisions.find((d) => d.instance === instance.id)
  const said = limitInWords(timeToLimit(memory, instance.sample.memory_limit))
  const then = newest?.time_to_limit_s
  const before = format.ago(newest?.at, now)
  return (
    <Stat
      label={t`memory at its limit`}
      title={
        then == null
          ? t`At the pace of the last minute. What the newest decision foresaw: nothing`
          : t`At the pace of the last minute. What the newest decision foresaw, ${before}: ${format.seconds(then)}`
      }
    >
      {said}
    </Stat>
  )
}

function Budget({ instance }: { instance: GovernedInstance }) {
  const { granted, share } = instance
  return (
    <div className="budget">
      <p className="budget-share">
        <Trans>
          {format.percent(share)} <small>of full work</small>
        </Trans>
      </p>
      <span className="budget-bar" aria-hidden="true">
        <span style={{ width: `${100 * share}%` }} />
      </span>
      {granted && (
        <small>
          {granted.is_paused
            ? t`DRG grants ${format.percent(granted.share)}, and has paused it`
            : t`DRG grants ${format.percent(granted.share)}`}
        </small>
      )}
    </div>
  )
}

const SHOWN = 5

export function InstanceCard(props: Props) {
  const { instance, decisions } = props
  const [all, setAll] = useState(false)
  const every = gauges(instance.sample, thresholds(instance))
  const shown = all ? every : every.slice(0, SHOWN)
  const unknown = every.filter((gauge) => !gauge.known).map(({ label }) => label)
  return (
    <li className="panel instance" data-testid={`instance-${instance.component}`}>
      <header>
        <h2>
          <Link to={`/components/${encodeURIComponent(instance.component)}`}>
            {displayName(instance.component)}
          </Link>
        </h2>
        <LevelChip level={levelOf(instance, decisions)} />
        {instance.granted?.is_paused && <Chip tone="bad">{t`paused`}</Chip>}
        {isDryRun(instance) && <Chip tone="warn">{t`dry run`}</Chip>}
        <code>{instance.id}</code>
      </header>
      <Budget instance={instance} />
      <dl className="stats">
        <Lease {...props} />
        <Foreseen {...props} />
      </dl>
      <GaugeTable gauges={shown} instance={instance.id} />
      {!all && unknown.length > 0 && (
        <p className="quiet">{t`Unknown: ${format.list(unknown)}.`}</p>
      )}
      <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? t`Only the first ${SHOWN}` : t`All ${format.count(every.length)} resources`}
      </button>
    </li>
  )
}
