import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Edge, EdgeKey, Prior, StreamDetail } from '../../api/client'
import { codeName } from '../../codes'
import * as format from '../../format'
import { expectation, originName, trustInWords } from '../../graph/imports'
import { effectOf, intervalOf, sameEdge, type Verdict, verdict } from '../../graph/model'
import * as words from '../../graph/words'
import { Chip, type Tone } from '../../ui/small'
import { useNow } from '../../ui/useNow'
import { EdgeEnds } from './history/EdgeEnds'
import { Evidence } from './history/Evidence'
import { Then } from './history/Then'
import type { Looked } from './history/useLooked'
import { IntervalBar } from './IntervalBar'

interface Props {
  wanted: EdgeKey
  /** Null where the graph does not hold the wanted edge (now). */
  edge: Edge | null
  siblings: readonly Edge[]
  stream: StreamDetail
  /** What came from elsewhere and speaks of the edge. */
  prior: Prior | null
  looked: Looked
  onEdge: (edge: EdgeKey) => void
  onClose: () => void
}

/** Escape closes the drawer; when it opens, focus goes to it, and on closing back. */
function useDrawer(onClose: () => void) {
  const heading = useRef<HTMLHeadingElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const before = document.activeElement
    // A reader who walks the edges by arrow keys in the graph must stay there.
    const walking = before?.closest('.graph')
    if (!walking) heading.current?.focus({ preventScroll: true })
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close.current()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
      if (!walking && before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return heading
}

const VERDICT: Record<Exclude<Verdict, 'unknown'>, { tone: Tone; text: MessageDescriptor }> = {
  known: { tone: 'good', text: msg`✓ in the known truth` },
  near: { tone: 'quiet', text: msg`≈ a true pair, at another lag or undecided direction` },
  false: { tone: 'warn', text: msg`✕ not in the known truth` },
  missed: { tone: 'warn', text: msg`in the truth, not found yet` },
}

function Fact({ label, children, help }: { label: string; children: ReactNode; help: string }) {
  return (
    <div title={help}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Facts({ edge }: { edge: Edge }) {
  const now = useNow()
  return (
    <dl className="facts">
      <Fact label="p" help={t`Probability of data like these if there were no such edge`}>
        {format.probability(edge.p_value)}
      </Fact>
      <Fact label="q" help={t`p after correction for all the edges tested`}>
        {format.probability(edge.q_value)}
      </Fact>
      <Fact label={t`stability`} help={t`Share of resamples in which the edge is found`}>
        {format.share(edge.stability)} <small>{words.surely(edge.stability)}</small>
      </Fact>
      <Fact label={t`standard error`} help={t`Of the effect`}>
        {format.decimal(edge.se, 3)}
      </Fact>
      <Fact label={t`windows`} help={t`Windows of data behind this edge`}>
        {format.count(edge.windows)}
      </Fact>
      <Fact label={t`state`} help={t`What the engine decided`}>
        {codeName(edge.state)}
      </Fact>
      <Fact label={t`first seen`} help={edge.first_seen ?? ''}>
        {format.ago(edge.first_seen, now)}
      </Fact>
      <Fact label={t`last seen`} help={edge.last_seen ?? ''}>
        {format.ago(edge.last_seen, now)}
      </Fact>
    </dl>
  )
}

function Absent({ missed }: { missed: boolean }) {
  return (
    <p>
      {missed
        ? t`The known truth has this edge; the data have not shown it yet. It is drawn as a dotted line.`
        : t`This edge is not in the graph now. It may have vanished as newer data came in.`}
    </p>
  )
}

function Siblings({ siblings, wanted, onEdge }: Pick<Props, 'siblings' | 'wanted' | 'onEdge'>) {
  if (siblings.length < 2) return null
  return (
    <p className="siblings">
      {t`The same pair at lag`}{' '}
      {siblings.map((edge) => (
        <button
          key={edge.lag}
          type="button"
          className="lag"
          aria-pressed={edge.lag === wanted.lag}
          onClick={() => onEdge(edge)}
        >
          {edge.lag}
        </button>
      ))}
    </p>
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What others expect of the edge, and how far that is used. */
function Expected({ edge, prior }: { edge: Edge; prior: Prior | null }) {
  const expected = expectation(edge)
  if (!expected) return null
  const said = prior ? t`${expected}; ${trustInWords(prior)}` : expected
  return (
    <p className="expected">
      {edge.imported
        ? t`The data of this stream alone would not show it: ${said}.`
        : t`${capital(said)}.`}
      {prior && prior.provenance.length > 0 && (
        <small> {t`That rests on ${format.list(prior.provenance)}.`}</small>
      )}
    </p>
  )
}

export function EdgeDrawer(props: Props) {
  const { wanted, edge, siblings, stream, prior, looked, onEdge, onClose } = props
  const isLive = looked.moment.kind === 'live'
  const heading = useDrawer(onClose)
  const truth = stream.truth ? stream.truth_edges : null
  const missed = !edge && truth?.some((t) => sameEdge(t, wanted)) === true
  const said = edge ? verdict(edge, truth) : missed ? 'missed' : 'unknown'
  return (
    <section className="drawer" aria-label={t`Edge`}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          <span>{wanted.source}</span>
          <span className={`drawer-arrow ${(edge?.effect ?? 0) < 0 ? 'negative' : 'positive'}`}>
            {edge && !edge.oriented ? '—' : '→'}
          </span>
          <span>{wanted.target}</span>
          <small>{t`lag ${wanted.lag}`}</small>
        </h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label={t`Close`}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M6 6l12 12M18 6L6 18" />
          </svg>
        </button>
      </header>
      <Then looked={looked} edge={wanted} />
      {said !== 'unknown' && isLive && (
        <Chip tone={VERDICT[said].tone}>{i18n._(VERDICT[said].text)}</Chip>
      )}
      {!isLive ? null : edge ? (
        <>
          {edge.imported && edge.prior && (
            <Chip tone="warn">{t`◇ expected by ${originName(edge.prior.origin)}`}</Chip>
          )}
          <p className="sentence">{words.sentence(edge, stream.cadence_s)}</p>
          <IntervalBar effect={effectOf(edge)} interval={intervalOf(edge)} />
          <Expected edge={edge} prior={prior} />
          <Facts edge={edge} />
        </>
      ) : (
        <Absent missed={missed} />
      )}
      <Evidence stream={stream.id} edge={wanted} />
      <EdgeEnds edge={wanted} setWay={looked.setWay} />
      <Siblings siblings={siblings} wanted={wanted} onEdge={onEdge} />
    </section>
  )
}
