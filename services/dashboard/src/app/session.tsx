/** Who asks: begins and ends the session, gives the pages their `Api`, and asks who comes. */
import { t } from '@lingui/core/macro'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { Api } from '../api/client'
import { ApiError } from '../api/problems'
import { beginSession, readSession, type Session } from '../api/session'
import { Skeleton } from '../ui/states'
import { type Need, refusal } from './access'
import { SignIn } from './SignIn'
import { takeToken } from './token'

interface Inside {
  session: Session
  api: Api
  leave: () => Promise<void>
}

const InsideContext = createContext<Inside | null>(null)

function useInside(): Inside {
  const inside = useContext(InsideContext)
  if (!inside) throw new Error('this needs a SessionProvider above it')
  return inside
}

export const useApi = (): Api => useInside().api
export const useSession = (): Session => useInside().session
export const useSignOut = (): (() => Promise<void>) => useInside().leave

/** Why one may not do something; null where one may. */
export const useRefusal = (need: Need): string | null => refusal(useSession(), need)

type State = { session: Session } | { session: null; said: Said | null }

/** What the form says above itself. */
export interface Said {
  tone: 'bad' | 'good'
  text: string
}

const over = (): Said => ({
  tone: 'bad',
  text: t`Your session is over. Sign in again; you come back to where you were.`,
})
const left = (): Said => ({ tone: 'good', text: t`You have signed out.` })
const noCookie = (): Said => ({
  tone: 'bad',
  text: t`The gateway let you in, but the browser did not keep the cookie of the session. Allow cookies for this address; if the gateway sends them over https alone, come over https.`,
})

const outside = (said: Said | null): State => ({ session: null, said })

function refused(error: unknown): State {
  const text =
    error instanceof ApiError ? error.message : t`The gateway does not answer. Try again.`
  return outside({ tone: 'bad', text })
}

/** Exchange a credential for a session; without one, go on with the browser's. */
async function enter(credential: string | null): Promise<State> {
  try {
    const session = await (credential ? beginSession(credential) : readSession())
    return session ? { session } : outside(credential ? noCookie() : null)
  } catch (error) {
    return refused(error)
  }
}

/** The browser's session, where it is not this one any more: another tab may have begun it. */
async function renewed(session: Session): Promise<State | null> {
  const found = await readSession().catch(() => null)
  return found && found.csrf_token !== session.csrf_token ? { session: found } : null
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500

function newQueries(): QueryClient {
  const retry = (failures: number, error: unknown) => failures < 2 && !isRefusal(error)
  return new QueryClient({
    // The live feed says when something is stale; a focused window need not ask again.
    defaultOptions: { queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false } },
  })
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State | null>(null)
  const begun = useRef(false)

  useEffect(() => {
    const fromAddress = async () => {
      const credential = takeToken()
      if (credential || !begun.current) {
        begun.current = true
        setState(await enter(credential))
      }
    }
    void fromAddress()
    window.addEventListener('hashchange', fromAddress)
    return () => window.removeEventListener('hashchange', fromAddress)
  }, [])

  const signIn = useCallback(async (credential: string) => setState(await enter(credential)), [])
  const session = state?.session ?? null
  const inside = useMemo(() => {
    if (!session) return null
    const api = new Api(session.csrf_token ?? '', {
      onUnauthorized: () => setState((now) => (now?.session === session ? outside(over()) : now)),
      onForbidden: () => void renewed(session).then((found) => found && setState(found)),
    })
    const leave = async () => {
      await api.signOut()
      setState(outside(left()))
    }
    return { session, api, leave, queries: newQueries() }
  }, [session])

  if (!state) return <Skeleton lines={2} tall />
  if (!inside) return <SignIn said={state.session ? null : state.said} onCredential={signIn} />
  return (
    <InsideContext value={inside}>
      <QueryClientProvider client={inside.queries}>{children}</QueryClientProvider>
    </InsideContext>
  )
}
