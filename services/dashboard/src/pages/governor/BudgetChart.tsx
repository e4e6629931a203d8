import { plural, t } from '@lingui/core/macro'
import type { Decision } from '../../api/governor'
import * as format from '../../format'
import { useWidth } from '../../ui/useWidth'
import { displayName } from '../overview/stages'
import { type Run, runs, type Step, steps } from './history'
import { axis, type Span, timeTicks } from './time'
import { GLYPHS, LEVEL_TONE, levelName, ruleInWords } from './words'

interface Props {
  instance: string
  component: string
  decisions: readonly Decision[]
  span: Span
}

const FRAME = { left: 42, right: 10, top: 12, bottom: 84, height: 138 }
/** Pixels that a rule's sign takes, and its name with it. */
const NAMEABLE = 18
const READABLE = 64

interface Scale {
  x: (at: number) => number
  y: (share: number) => number
}

function scaleOf({ from, to }: Span, width: number): Scale {
  const place = axis({ from, to }, FRAME.left, Math.max(FRAME.left + 1, width - FRAME.right))
  return { x: place, y: (share) => FRAME.bottom - (FRAME.bottom - FRAME.top) * share }
}

/** A staircase: a share holds until the next one. */
function staircase(history: readonly Step[], { to }: Span, { x, y }: Scale): string {
  const [first, ...rest] = history
  if (!first) return ''
  const start = `M${x(first.at).toFixed(1)},${y(first.decision.share_before).toFixed(1)}V${y(first.share).toFixed(1)}`
  const middle = rest.map((s) => `H${x(s.at).toFixed(1)}V${y(s.share).toFixed(1)}`).join('')
  return `${start}${middle}H${x(to).toFixed(1)}`
}

function Axes({ span, scale, width }: { span: Span; scale: Scale; width: number }) {
  return (
    <g>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={FRAME.left} x2={width - FRAME.right} y1={scale.y(share)} y2={scale.y(share)} />
          <text x={FRAME.left - 6} y={scale.y(share) + 4} textAnchor="end">
            {format.percent(share)}
          </text>
        </g>
      ))}
      {timeTicks(span, Math.max(2, Math.floor(width / 130))).map((at) => (
        <text key={at} x={scale.x(at)} y={FRAME.height - 6} textAnchor="middle">
          {format.clockTime(new Date(at).toISOString())}
        </text>
      ))}
    </g>
  )
}

/** Below the budget: by which rule it was decided, for as long as it was so. */
function Reason({ run, until, scale }: { run: Run; until: number; scale: Scale }) {
  const [left, right] = [scale.x(run.from), scale.x(until)]
  const width = Math.max(2, right - left - 1)
  const said = t`${run.by}: ${run.rule}, ${ruleInWords(run.rule)}; ${plural(run.count, { one: '# decision', other: '# decisions' })} from ${format.clockTime(new Date(run.from).toISOString())}`
  return (
    <g className={`reason reason-${run.rule}`}>
      <title>{said}</title>
      <rect x={left} y={FRAME.bottom + 8} width={width} height="18" rx="4" />
      {width > NAMEABLE && (
        <text x={left + 5} y={FRAME.bottom + 21}>
          {GLYPHS[run.rule]} {width > READABLE && run.rule}
        </text>
      )}
    </g>
  )
}

function Marks({ history, scale }: { history: readonly Step[]; scale: Scale }) {
  return history.map(({ at, share, decision }) => (
    <circle
      key={`${decision.by} ${decision.at}`}
      cx={scale.x(at)}
      cy={scale.y(share)}
      r="3"
      className={`mark-${LEVEL_TONE[decision.level]}`}
    >
      <title>{`${format.clockTime(decision.at)} ${decision.text} (${decision.by}, ${decision.rule}, ${levelName(decision.level)})`}</title>
    </circle>
  ))
}

function spoken(component: string, history: readonly Step[]): string {
  const last = history.at(-1)
  const least = Math.min(...history.map(({ share }) => share))
  return t`Budget of ${component}: ${plural(history.length, { one: '# decision', other: '# decisions' })}, least ${format.percent(least)}, now ${format.percent(last?.share)}. The table of decisions says the same.`
}

/** The budget of one instance over time, and why it was what it was. */
export function BudgetChart({ instance, component, decisions, span }: Props) {
  const [width, ref] = useWidth(640)
  const own = decisions.filter((d) => d.instance === instance)
  const all = steps(own)
  const before = all.filter(({ at }) => at < span.from).slice(-1)
  const history = [...before, ...all.filter(({ at }) => at >= span.from)]
  const scale = scaleOf(span, width)
  const reasons = runs(own).filter((_, i, each) => (each[i + 1]?.from ?? span.to) > span.from)
  return (
    <figure className="budget-chart" ref={ref}>
      <figcaption>
        {displayName(component)} <code>{instance}</code>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${FRAME.height}`} role="img" aria-label={spoken(component, all)}>
        <Axes span={span} scale={scale} width={width} />
        {reasons.map((run, i) => (
          <Reason
            key={`${run.by} ${run.from} ${run.rule}`}
            run={run}
            until={reasons[i + 1]?.from ?? span.to}
            scale={scale}
          />
        ))}
        <path d={staircase(history, span, scale)} className="budget-line" />
        <Marks history={history.filter(({ at }) => at >= span.from)} scale={scale} />
      </svg>
    </figure>
  )
}
