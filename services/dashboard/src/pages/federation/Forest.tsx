import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Membership, PooledEdge } from '../../api/federation'
import { codeName } from '../../codes'
import * as format from '../../format'
import { edgeId } from '../../graph/model'
import { Segments } from '../../ui/Choice'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel, type Tone } from '../../ui/small'
import { Empty } from '../../ui/states'
import { useParam } from '../../ui/useParam'
import { type Alone, EDGE_STATES, type EdgeState, type ForestRow, forest, reach } from './forest'
import { heterogeneity } from './words'

const WIDTH = 260
const HEIGHT = 34
const MIDDLE = HEIGHT / 2

type X = (effect: number) => number

const scale =
  (half: number): X =>
  (effect) =>
    (WIDTH / 2) * (1 + (0.95 * effect) / half)

function spoken({ edge, interval, expected, own, others }: ForestRow): string {
  const out = others.filter(({ isUsed }) => !isUsed)
  return [
    t`pooled ${format.signed(edge.effect)}, interval ${format.signed(interval[0])} to ${format.signed(interval[1])}`,
    expected && t`expected ${format.signed(expected[0])} to ${format.signed(expected[1])}`,
    own !== null && t`own ${format.signed(own)}`,
    ...out.map(({ peer, effect }) => t`${peer}, left out, sees ${format.signed(effect)}`),
  ]
    .filter(Boolean)
    .join('; ')
}

function Other({ other, x }: { other: Alone; x: X }) {
  const at = x(other.effect)
  const effect = format.signed(other.effect)
  const said = other.isUsed
    ? t`${other.peer} alone: ${effect}`
    : t`${other.peer} alone: ${effect}, left out`
  if (other.isUsed) {
    return (
      <path d={`M${at},${MIDDLE - 5}v10`} className="forest-other">
        <title>{said}</title>
      </path>
    )
  }
  return (
    <path d={`M${at - 4},${MIDDLE - 4}l8,8M${at + 4},${MIDDLE - 4}l-8,8`} className="forest-out">
      <title>{said}</title>
    </path>
  )
}

function Plot({ row, x }: { row: ForestRow; x: X }) {
  const { edge, interval, expected, own, others } = row
  const sign = edge.effect < 0 ? 'negative' : 'positive'
  const [low, high] = interval.map(x) as [number, number]
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={`forest-plot forest-${edge.state}`}
      role="img"
      aria-label={spoken(row)}
    >
      <line x1={x(0)} x2={x(0)} y1="0" y2={HEIGHT} className="forest-zero" />
      {expected && (
        <path
          d={`M${x(expected[0])},${MIDDLE}H${x(expected[1])}M${x(expected[0])},${MIDDLE - 4}v8M${x(expected[1])},${MIDDLE - 4}v8`}
          className="forest-expected"
        />
      )}
      <rect
        x={low}
        width={Math.max(3, high - low)}
        y={MIDDLE - 6}
        height="12"
        rx="4"
        className={`forest-interval fill-${sign}`}
      />
      {others.map((other) => (
        <Other key={other.peer} other={other} x={x} />
      ))}
      {own !== null && (
        <path d={`M${x(own)},${MIDDLE - 6}l5,6l-5,6l-5,-6z`} className="forest-own">
          <title>{t`own estimate ${format.signed(own)}`}</title>
        </path>
      )}
      <circle cx={x(edge.effect)} cy={MIDDLE} r="4" className={`fill-${sign}`} />
    </svg>
  )
}

function Sides({ edge }: { edge: PooledEdge }) {
  return (
    <td>
      {t`${format.count(edge.supports.length)} for`}
      {edge.opposes.length > 0 && (
        <span className="contrary">
          {' '}
          {t`· ${format.count(edge.opposes.length)} against: ${format.list(edge.opposes)}`}
        </span>
      )}
      <small>{format.list(edge.supports)}</small>
    </td>
  )
}

const STATES: Record<PooledEdge['state'], { tone: Tone; glyph: string }> = {
  accepted: { tone: 'good', glyph: '✓' },
  contested: { tone: 'warn', glyph: '≠' },
  rejected: { tone: 'quiet', glyph: '✕' },
  untested: { tone: 'quiet', glyph: '–' },
}

function StateChip({ state }: Pick<PooledEdge, 'state'>) {
  const { tone, glyph } = STATES[state]
  return (
    <Chip tone={tone}>
      {glyph} {codeName(state)}
    </Chip>
  )
}

function Row({ row, x }: { row: ForestRow; x: X }) {
  const { edge } = row
  return (
    <tr>
      <th scope="row">
        {edge.source} → {edge.target}
        <br />
        <StateChip state={edge.state} />
        <small>{t`lag ${edge.lag}`}</small>
      </th>
      <td className="forest-cell">
        <Plot row={row} x={x} />
      </td>
      <td>
        <strong className={edge.effect < 0 ? 'negative' : 'positive'}>
          {format.signed(edge.effect)}
        </strong>
        <small>± {format.figure(1.96 * edge.se)}</small>
      </td>
      <td>{row.expected ? row.expected.map((end) => format.signed(end)).join(' … ') : '–'}</td>
      <td>
        {edge.i2 === null ? '–' : format.percent(edge.i2)}
        <small>{heterogeneity(edge.i2)}</small>
      </td>
      <Sides edge={edge} />
      <td>{format.probability(edge.q_value)}</td>
    </tr>
  )
}

function Axis({ half, x }: { half: number; x: X }) {
  return (
    <svg viewBox={`0 0 ${WIDTH} 16`} className="forest-axis" aria-hidden="true">
      {[-half, -half / 2, 0, half / 2, half].map((at) => (
        <text
          key={at}
          x={x(at)}
          y="12"
          textAnchor={at === -half ? 'start' : at === half ? 'end' : 'middle'}
        >
          {format.signed(at, half < 1 ? 2 : 1)}
        </text>
      ))}
    </svg>
  )
}

function Legend({ others }: { others: boolean }) {
  return (
    <ul className="legend">
      <li>{t`● pooled effect, with its 95 % interval`}</li>
      <li>{t`├─┤ where a new peer's effect is to be expected`}</li>
      <li>{t`◇ what this membership sees alone`}</li>
      {others && <li>{t`| what the others here see alone`}</li>}
      {others && (
        <li>
          <Trans>
            <span className="place-out">✕</span> what one that is left out sees alone
          </Trans>
        </li>
      )}
    </ul>
  )
}

const isState = (text: string | null): text is EdgeState => EDGE_STATES.some((s) => s === text)

interface Props {
  membership: Membership
  all: readonly Membership[]
}

function StateSwitch({ membership }: Pick<Props, 'membership'>) {
  const [state, setState] = useParam('state')
  const of = (wanted: EdgeState) => membership.edges.filter((e) => e.state === wanted).length
  const options = EDGE_STATES.filter((each) => each !== 'rejected' || of(each) > 0)
  return (
    <Segments
      label={t`Edges shown`}
      value={isState(state) ? state : ''}
      options={[
        { value: '', label: t`All ${format.count(membership.edges.length)}` },
        ...options.map((value) => ({
          value,
          label: `${codeName(value)} ${format.count(of(value))}`,
        })),
      ]}
      onChange={(value) => setState(value || null)}
    />
  )
}

const heads = (): string[] => [t`edge`, t`effect`, t`pooled`, t`expected`, t`I²`, t`peers`, t`q`]

/** The column that has an axis. */
const EFFECT = 1

/** What the peers say of each edge, put together, and how far they agree. */
export function Forest({ membership, all }: Props) {
  const [state] = useParam('state')
  const rows = forest(membership, all, isState(state) ? state : null)
  const half = reach(rows)
  const x = scale(half)
  return (
    <Panel title={t`Edges`} aside={<StateSwitch membership={membership} />}>
      {rows.length === 0 ? (
        <Empty
          title={t`No edge to show: the peers agree on none so far, or the choice hides them.`}
        />
      ) : (
        <>
          <ScrollTable label={t`Pooled edges`}>
            <table className="forest" data-testid="forest">
              <caption className="visually-hidden">
                {t`Edges that are accepted or contested, effects in sd per sd`}
              </caption>
              <thead>
                <tr>
                  {heads().map((head, i) => (
                    <th key={head} scope="col">
                      {head}
                      {i === EFFECT && <Axis half={half} x={x} />}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row key={edgeId(row.edge)} row={row} x={x} />
                ))}
              </tbody>
            </table>
          </ScrollTable>
          <Legend others={all.length > 1} />
        </>
      )}
      <p className="quiet footnote">
        {t`Edges that the peers reject together are not told one by one.`}
      </p>
    </Panel>
  )
}
