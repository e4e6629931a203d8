import { t } from '@lingui/core/macro'
import * as format from '../../format'

function Line({ className, dash }: { className: string; dash?: string }) {
  return (
    <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
      <path d="M1 5h30" className={className} strokeDasharray={dash} />
    </svg>
  )
}

/** What is behind what: sheets of the unrolled graph, the newest in front. */
function Depth({ cadence }: { cadence: number | null }) {
  const step = cadence === null ? null : format.seconds(cadence)
  return (
    <li>
      <svg viewBox="0 0 34 14" className="legend-line" aria-hidden="true">
        <path d="M2 4.500 12 1.500v8L2 12.500z" className="legend-sheet" />
        <path d="M12 4.500 22 1.500v8L12 12.500z" className="legend-sheet" />
        <path d="M22 4.500 32 1.500v8L22 12.500z" className="legend-sheet now" />
      </svg>{' '}
      {step === null
        ? t`depth is time: in front is now, each sheet behind it one step earlier`
        : t`depth is time: in front is now, each sheet behind it ${step} earlier`}
    </li>
  )
}

interface Props {
  truth: boolean
  imported: boolean
  /** Whether the graph is drawn unrolled in time. */
  space: boolean
  /** Seconds between grid steps; null while it is not known. */
  cadence: number | null
}

export function Legend({ truth, imported, space, cadence }: Props) {
  return (
    <ul className="legend" aria-label={t`Legend`}>
      {space && <Depth cadence={cadence} />}
      <li>
        <Line className="positive" /> {t`raises`}
      </li>
      <li>
        <Line className="negative" /> {t`lowers`}
      </li>
      <li>
        <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
          <path d="M1 4.500 33 2v6L1 5.500z" className="legend-wedge" />
        </svg>{' '}
        {t`wider is stronger`}
      </li>
      <li>
        <Line className="plain" dash="5 4" /> {t`dashed or pale is less sure`}
      </li>
      {imported && (
        <li>{t`◇ and a hollow arrow: expected by others, own data would not show it`}</li>
      )}
      {truth && (
        <li>
          <Line className="ghost" dash="1.5 4" /> {t`true, not found yet`}
        </li>
      )}
      {truth && <li>{t`✓ true, ≈ true pair, ✕ not in the truth`}</li>}
      <li>
        <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
          <circle cx="17" cy="5" r="4" className="legend-pulse" />
        </svg>{' '}
        {space
          ? t`each wave is one new graph, from the past to now`
          : t`each wave is one new graph, from causes to effects`}
      </li>
    </ul>
  )
}
