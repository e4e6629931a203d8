/** The way of a record through the system, alive: who is up, how fast, how far behind. */
import { t } from '@lingui/core/macro'
import type { StreamSummary } from '../../api/client'
import type { Component } from '../../api/components'
import { isNarrow } from '../../app/access'
import { useSession } from '../../app/session'
import { useNarrow } from '../../app/theme'
import { codeName } from '../../codes'
import { useConnection } from '../../live/connection'
import { useComponents } from '../../live/queries'
import { componentColour } from '../../ui/colours'
import { Chip, Dot } from '../../ui/small'
import { displayName, flowSeconds, STATUS_TONE, type Stage, stages } from './stages'

const BOX = { width: 178, height: 92 }
const ACROSS = { step: 218, width: 4 * 218 + BOX.width, height: BOX.height }
const DOWN = { step: 132, width: 300, height: 4 * 132 + BOX.height }

interface Place {
  x: number
  y: number
  width: number
}

function placeOf(index: number, narrow: boolean): Place {
  return narrow
    ? { x: 0, y: index * DOWN.step, width: DOWN.width }
    : { x: index * ACROSS.step, y: 0, width: BOX.width }
}

function Box({ stage, at }: { stage: Stage; at: Place }) {
  return (
    <g transform={`translate(${at.x} ${at.y})`} className={`stage stage-${stage.tone}`}>
      <rect width={at.width} height={BOX.height} rx="14" />
      {stage.component && (
        <rect
          className="stage-mark"
          x="15"
          y={BOX.height - 6}
          width={at.width - 30}
          height="4"
          rx="2"
          style={{ fill: componentColour(stage.component) }}
        />
      )}
      <circle cx="20" cy="24" r="5" className={`stage-dot fill-${stage.tone}`} />
      <text x="33" y="29" className="stage-name">
        {stage.name}
      </text>
      <text x="15" y="53" className="stage-role">
        {stage.role}
      </text>
      <text x="15" y="76" className="stage-figures">
        {stage.figures}
      </text>
    </g>
  )
}

function Flow({ from, narrow, rate }: { from: number; narrow: boolean; rate: number }) {
  const at = placeOf(from, narrow)
  const path = narrow
    ? `M${at.width / 2},${at.y + BOX.height + 5}v${DOWN.step - BOX.height - 10}`
    : `M${at.x + BOX.width + 5},${BOX.height / 2}h${ACROSS.step - BOX.width - 10}`
  return (
    <g className={rate > 0 ? 'flow flow-moving' : 'flow'}>
      <path d={path} className="flow-bed" />
      {rate > 0 && (
        <path
          d={path}
          className="flow-dots"
          style={{ animationDuration: `${flowSeconds(rate)}s` }}
        />
      )}
    </g>
  )
}

function others(components: readonly Component[], shown: readonly Stage[]): Component[] {
  const inPath = new Set(shown.map((stage) => stage.component))
  return components.filter((component) => !inPath.has(component.name))
}

function Others({ components }: { components: readonly Component[] }) {
  if (components.length === 0) return null
  return (
    <p className="pipeline-others">
      {t`Beside the path:`}{' '}
      {components.map((component) => (
        <Chip key={component.name} tone={STATUS_TONE[component.status]}>
          <Dot tone={STATUS_TONE[component.status]} /> {displayName(component.name)}{' '}
          {codeName(component.status)}
        </Chip>
      ))}
    </p>
  )
}

export function Pipeline({ streams }: { streams: readonly StreamSummary[] }) {
  const { data } = useComponents()
  const connection = useConnection()
  const narrow = useNarrow()
  // Components are about all streams, and not told to whoever is let in for some.
  const narrowed = isNarrow(useSession())
  if (narrowed) return null
  const path = stages(data?.items ?? [], streams, connection)
  const { width, height } = narrow ? DOWN : ACROSS
  const spoken = path.map((s) => `${s.name}: ${s.status}, ${s.figures}`).join('; ')
  return (
    <section className="pipeline" aria-label={t`The pipeline`}>
      <svg viewBox={`-2 -2 ${width + 4} ${height + 4}`} role="img" aria-label={spoken}>
        {path.slice(1).map((stage, i) => (
          <Flow key={stage.name} from={i} narrow={narrow} rate={stage.inflow} />
        ))}
        {path.map((stage, i) => (
          <Box key={stage.name} stage={stage} at={placeOf(i, narrow)} />
        ))}
      </svg>
      <Others components={others(data?.items ?? [], path)} />
    </section>
  )
}
