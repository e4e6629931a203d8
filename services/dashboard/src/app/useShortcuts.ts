import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { meaning } from './shortcuts'

/** How long `g` waits for the second key, milliseconds. */
const PATIENCE_MS = 1_500

const TAKES_TEXT = 'input, textarea, select, [contenteditable]'

/** Keys that work on every page. */
export function useShortcuts(open: (what: 'palette' | 'help') => void): void {
  const navigate = useNavigate()
  const latest = useRef(open)
  useEffect(() => {
    latest.current = open
  })
  useEffect(() => {
    let waitingUntil = 0
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.matches(TAKES_TEXT)
      const { key, ctrlKey: ctrl, metaKey: meta, altKey: alt } = event
      const meant = meaning({ key, ctrl, meta, alt, typing }, event.timeStamp < waitingUntil)
      waitingUntil = meant?.kind === 'wait' ? event.timeStamp + PATIENCE_MS : 0
      if (!meant) return
      event.preventDefault()
      if (meant.kind === 'go') navigate(meant.path)
      if (meant.kind === 'palette' || meant.kind === 'help') latest.current(meant.kind)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
}
