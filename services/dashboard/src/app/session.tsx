/** Who asks: holds the token, gives the pages their `Api`, and asks for a token where none is. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { Api, ApiError } from '../api/client'
import { SignIn } from './SignIn'
import { dropToken, keepToken, takeToken } from './token'

const ApiContext = createContext<Api | null>(null)

export function useApi(): Api {
  const api = useContext(ApiContext)
  if (!api) throw new Error('useApi needs a Session above it')
  return api
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500

function newSession(token: string, onUnauthorized: () => void) {
  const retry = (failures: number, error: unknown) => failures < 2 && !isRefusal(error)
  const queries = new QueryClient({
    // The live feed says when something is stale; a focused window need not ask again.
    defaultOptions: { queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false } },
  })
  return { api: new Api(token, onUnauthorized), queries }
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(takeToken)
  const [refused, setRefused] = useState(false)

  const leave = useCallback(() => {
    dropToken()
    setRefused(true)
    setToken(null)
  }, [])
  const enter = useCallback((offered: string) => {
    keepToken(offered)
    setToken(offered)
  }, [])
  useEffect(() => {
    const fromAddress = () => setToken(takeToken())
    window.addEventListener('hashchange', fromAddress)
    return () => window.removeEventListener('hashchange', fromAddress)
  }, [])
  const session = useMemo(() => (token ? newSession(token, leave) : null), [token, leave])

  if (!session) return <SignIn refused={refused} onToken={enter} />
  return (
    <ApiContext value={session.api}>
      <QueryClientProvider client={session.queries}>{children}</QueryClientProvider>
    </ApiContext>
  )
}
