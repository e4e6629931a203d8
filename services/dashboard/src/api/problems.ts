/** What the gateway answers where it does not do what was asked: RFC 9457 problems. */
import type { Schemas } from './schema'

export type Problem = Schemas['ProblemModel']

/** A response that was not a success; `message` is fit to show. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail || problem?.title || `The gateway answered ${status}.`)
    this.status = status
    this.problem = problem
  }
}

const hasStatus =
  (status: number) =>
  (error: unknown): error is ApiError =>
    error instanceof ApiError && error.status === status

export const isUnauthorized = hasStatus(401)
export const isForbidden = hasStatus(403)
export const isNotFound = hasStatus(404)
export const isConflict = hasStatus(412)

export async function toError(response: Response): Promise<ApiError> {
  const isJson = response.headers.get('content-type')?.includes('json')
  const problem = isJson ? ((await response.json().catch(() => null)) as Problem | null) : null
  return new ApiError(response.status, problem)
}
