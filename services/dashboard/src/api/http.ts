/**
 * The one way to the gateway: every call is an operation of its document, and typed by it.
 *
 * Every request goes with the session's cookie, and what changes something says its CSRF token.
 * What was answered with an ETag is asked for with it, and not sent again while it holds.
 * Whatever is not a success is raised as `ApiError`.
 */
import createClient, {
  type FetchOptions,
  type Middleware,
  type ParseAs,
  type ParseAsResponse,
} from 'openapi-fetch'
import type {
  FilterKeys,
  HttpMethod,
  MediaType,
  PathsWithMethod,
  RequiredKeysOf,
  SuccessResponse,
} from 'openapi-typescript-helpers'
import { toError } from './problems'
import type { paths } from './schema'

/** Told of refusals that are about the session rather than about the call. */
export interface Reports {
  /** 401: no request can succeed any more. */
  onUnauthorized: () => void
  /** 403 to a change: the session may be another by now. */
  onForbidden: () => void
}

type Options<Call, As> = FetchOptions<Call> & { parseAs?: As }
type Said<T> = RequiredKeysOf<T> extends never ? [T?] : [T]
type Answer<Call, As> = Call extends { responses: infer Of extends Record<number, unknown> }
  ? ParseAsResponse<SuccessResponse<Of, MediaType>, { parseAs: As }>
  : never

/** As the client's own, but for what is not in the document, and for pairs, which it takes for lists. */
type Method<Name extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Name>,
  As extends ParseAs = 'json',
>(
  path: Path,
  ...said: Said<Options<FilterKeys<paths[Path], Name>, As>>
) => Promise<{ data?: Answer<paths[Path][Name], As> }>

export interface Gateway {
  GET: Method<'get'>
  PUT: Method<'put'>
  POST: Method<'post'>
  DELETE: Method<'delete'>
}

const HARMLESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

function proving(csrf: string): Middleware {
  return {
    onRequest({ request }) {
      if (!HARMLESS.has(request.method)) request.headers.set('X-CSRF-Token', csrf)
    },
  }
}

/** So many answers are kept: those that were asked for last. */
const REMEMBERED = 50

function remembering(): Middleware {
  const known = new Map<string, { etag: string; text: string }>()
  // An answer may be dropped while somebody waits to hear that it still holds.
  const awaited = new WeakMap<Request, string>()
  return {
    onRequest({ request }) {
      const before = request.method === 'GET' && known.get(request.url)
      if (!before) return
      awaited.set(request, before.text)
      request.headers.set('If-None-Match', before.etag)
    },
    async onResponse({ request, response }) {
      const before = awaited.get(request)
      if (response.status === 304 && before !== undefined) return new Response(before)
      const etag = response.headers.get('etag')
      if (request.method === 'GET' && response.ok && etag) {
        known.delete(request.url)
        known.set(request.url, { etag, text: await response.clone().text() })
        for (const oldest of known.keys()) {
          if (known.size <= REMEMBERED) break
          known.delete(oldest)
        }
      }
      return undefined
    },
  }
}

function reporting({ onUnauthorized, onForbidden }: Reports): Middleware {
  return {
    onResponse({ request, response }) {
      if (response.status === 401) onUnauthorized()
      if (response.status === 403 && !HARMLESS.has(request.method)) onForbidden()
    },
  }
}

const raising: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await toError(response)
  },
}

function gateway(...middleware: Middleware[]): Gateway {
  const client = createClient<paths>({ fetch: (request) => fetch(request) })
  // Answers pass the last of them first.
  client.use(raising, ...middleware)
  return client as Gateway
}

/** The gateway as nobody in particular sees it: to begin a session, or to ask for it. */
export const outside = (): Gateway => gateway()

/** The gateway in a session. */
export const inside = (csrf: string, reports: Reports): Gateway =>
  gateway(remembering(), reporting(reports), proving(csrf))

/** What an answer holds; there is an answer, since refusals are raised. */
export async function held<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

type WithoutNull<T> = { [Name in keyof T]?: NonNullable<T[Name]> }

/** A query without what is null. */
export function said<T extends object>(asked: T): WithoutNull<T> {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== null),
  ) as WithoutNull<T>
}
