import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { lastOf, type Stop, stepped } from './timeline'

interface Props {
  label: string
  spoken: string
  stops: readonly Stop[]
  index: number
  x: number
  /** The stop that is nearest to a place of the window. */
  near: (clientX: number) => number
  onMove: (index: number) => void
}

/** What stands on the axis and is moved along it, by hand or by keys. */
export function Handle({ label, spoken, stops, index, x, near, onMove }: Props) {
  const dragging = useRef(false)
  const onKeyDown = (event: KeyboardEvent) => {
    const to = stepped(stops, index, event.key)
    if (to === null) return
    event.preventDefault()
    onMove(to)
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    dragging.current = true
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = ({ clientX }: PointerEvent) => {
    if (dragging.current && near(clientX) !== index) onMove(near(clientX))
  }
  const onPointerEnd = () => {
    dragging.current = false
  }
  return (
    <span
      className="timeline-handle"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={lastOf(stops)}
      aria-valuenow={index}
      aria-valuetext={spoken}
      style={{ left: x }}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
    />
  )
}
