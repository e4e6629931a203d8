/** Dark, light, or as the system says (the default); remembered in this browser. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'scarcity.theme'
const NEXT: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' }

function remembered(): ThemeChoice {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'system'
}

export function useThemeChoice(): [ThemeChoice, () => void] {
  const [choice, setChoice] = useState<ThemeChoice>(remembered)
  useEffect(() => {
    localStorage.setItem(KEY, choice)
    if (choice === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = choice
    window.dispatchEvent(new Event('themechange'))
  }, [choice])
  return [choice, useCallback(() => setChoice((now) => NEXT[now]), [])]
}

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', onChange)
      return () => media.removeEventListener('change', onChange)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)')
export const useNarrow = (): boolean => useMedia('(max-width: 640px)')

/** A number that changes whenever the colours do, for drawings that must read them again. */
export function useThemeEpoch(): number {
  const dark = useMedia('(prefers-color-scheme: dark)')
  const [epoch, setEpoch] = useState(0)
  useEffect(() => {
    const bump = () => setEpoch((now) => now + 1)
    window.addEventListener('themechange', bump)
    return () => window.removeEventListener('themechange', bump)
  }, [])
  return epoch * 2 + Number(dark)
}
