export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M8 23 16 8l9 13" className="mark-positive" />
        <path d="M8 23h16" className="mark-negative" />
        <circle cx="8" cy="23" r="4" />
        <circle cx="16" cy="8" r="4" />
        <circle cx="25" cy="22" r="4" className="mark-live" />
      </svg>
      SCARCITY
    </span>
  )
}
