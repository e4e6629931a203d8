import { i18n } from '@lingui/core'
import { plural, t } from '@lingui/core/macro'
import type { CSSProperties } from 'react'
import { Link } from 'react-router'
import type { Domain, LearningStream } from '../../api/meta'
import * as format from '../../format'
import { ScrollTable } from '../../ui/ScrollTable'
import { Chip, Panel } from '../../ui/small'
import { isTold, OUTCOMES, why } from './words'

function StreamRow(props: {
  stream: LearningStream
  chosen: boolean
  onChoose: (stream: string | null) => void
}) {
  const { stream, chosen, onChoose } = props
  const { tone, text } = OUTCOMES[stream.outcome]
  return (
    <tr className={chosen ? 'row-chosen' : ''}>
      <th scope="row">
        <Link to={`/streams/${encodeURIComponent(stream.stream)}`}>{stream.stream}</Link>
      </th>
      <td>{format.count(stream.rows)}</td>
      <td>
        {stream.unused ? (
          <>
            <Chip tone="warn">{t`does not count`}</Chip>
            <small>{why(stream.unused)}</small>
          </>
        ) : (
          <Chip tone="good">{t`✓ counts`}</Chip>
        )}
      </td>
      <td>{format.percent(stream.informative)}</td>
      <td>
        <Chip tone={tone}>{i18n._(text)}</Chip>
        {stream.reason && <small>{why(stream.reason)}</small>}
      </td>
      <td>
        {isTold(stream) ? (
          <button
            type="button"
            className="link"
            aria-pressed={chosen}
            onClick={() => onChoose(chosen ? null : stream.stream)}
          >
            {t`${plural(stream.edges, { one: '# edge', other: '# edges' })}, ${format.count(stream.likely)} likely`}
          </button>
        ) : (
          '–'
        )}
      </td>
    </tr>
  )
}

const heads = (): [head: string, help: string][] => [
  [t`stream`, ''],
  [t`rows`, t`That its evidence rests on`],
  [t`its evidence`, t`Whether it teaches the others`],
  [t`like the others`, t`How probable it is, by its own evidence, that it is like any of them`],
  [t`is told`, t`What came of the newest look`],
  [t`about`, t`Edges that something is said of, and those likelier there than not`],
]

interface Props {
  domain: Domain
  chosen: string | null
  onChoose: (stream: string | null) => void
}

/** The streams of a domain: what each teaches, and what it is told. */
export function Streams({ domain, chosen, onChoose }: Props) {
  return (
    <Panel title={t`Streams`}>
      <ScrollTable label={t`Streams of ${domain.domain}`}>
        <table>
          <caption className="visually-hidden">
            {t`What each stream of ${domain.domain} teaches and is told`}
          </caption>
          <thead>
            <tr>
              {heads().map(([head, help]) => (
                <th key={head} scope="col" title={help}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {domain.streams.map((stream) => (
              <StreamRow
                key={stream.stream}
                stream={stream}
                chosen={stream.stream === chosen}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </Panel>
  )
}

function Weight({ to, from }: { to: LearningStream; from: string }) {
  if (to.stream === from) return <td className="teaches teaches-self">{t`itself`}</td>
  const weight = to.sources.find(({ stream }) => stream === from)?.weight
  if (weight === undefined) return <td className="teaches">–</td>
  const strength = { '--weight': weight } as CSSProperties
  return (
    <td className={`teaches ${isTold(to) ? 'teaches-told' : ''}`} style={strength}>
      {format.percent(weight)}
    </td>
  )
}

/** Who teaches whom: how much of what each is told rests on each of the others. */
export function Teaching({ domain }: { domain: Domain }) {
  const names = domain.streams.map(({ stream }) => stream)
  return (
    <Panel title={t`Who teaches whom`}>
      <ScrollTable label={t`Who teaches whom in ${domain.domain}`}>
        <table className="teaching">
          <caption className="visually-hidden">
            {t`Each row is a stream that is told, each column one that it rests on`}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t`told ↓ by →`}</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {domain.streams.map((to) => (
              <tr key={to.stream}>
                <th scope="row">{to.stream}</th>
                {names.map((from) => (
                  <Weight key={from} to={to} from={from} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
      <p className="quiet footnote">
        {t`A share is how far a stream belongs to the same family. Where nothing is told, shares are what the look found, and pale.`}
      </p>
    </Panel>
  )
}
