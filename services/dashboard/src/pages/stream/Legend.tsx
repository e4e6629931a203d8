function Line({ className, dash }: { className: string; dash?: string }) {
  return (
    <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
      <path d="M1 5h30" className={className} strokeDasharray={dash} />
    </svg>
  )
}

export function Legend({ truth, imported }: { truth: boolean; imported: boolean }) {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <Line className="positive" /> raises
      </li>
      <li>
        <Line className="negative" /> lowers
      </li>
      <li>
        <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
          <path d="M1 4.500 33 2v6L1 5.500z" className="legend-wedge" />
        </svg>{' '}
        wider is stronger
      </li>
      <li>
        <Line className="plain" dash="5 4" /> dashed or pale is less sure
      </li>
      {imported && <li>◇ and a hollow arrow: expected by others, own data would not show it</li>}
      {truth && (
        <li>
          <Line className="ghost" dash="1.5 4" /> true, not found yet
        </li>
      )}
      {truth && <li>✓ true, ≈ true pair, ✕ not in the truth</li>}
      <li>
        <svg viewBox="0 0 34 10" className="legend-line" aria-hidden="true">
          <circle cx="17" cy="5" r="4" className="legend-pulse" />
        </svg>{' '}
        each wave is one new graph, from causes to effects
      </li>
    </ul>
  )
}
