import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'react-router'

/** A menu that Escape, going somewhere, and a press beside its `ref` close. */
export function useMenu<T extends HTMLElement>() {
  const [open, setOpen] = useState(false)
  const ref = useRef<T>(null)
  const { pathname } = useLocation()
  const [before, setBefore] = useState(pathname)
  if (before !== pathname) {
    setBefore(pathname)
    setOpen(false)
  }
  useEffect(() => {
    if (!open) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setOpen(false)
      ref.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus()
    }
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) setOpen(false)
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener('pointerdown', onPress)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('pointerdown', onPress)
    }
  }, [open])
  return { open, setOpen, ref }
}
