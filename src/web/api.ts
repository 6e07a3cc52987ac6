import { z } from 'zod'
import { Dataset, DatasetPage, DatasetRecordPage } from '../wire/datasets.ts'
import { ErrorBody } from '../wire/errors.ts'
import { Experiment, ExperimentCasePage, ExperimentPage } from '../wire/experiments.ts'
import { FeedbackPage } from '../wire/feedback.ts'
import { ProjectList } from '../wire/projects.ts'
import { ProjectScores, Span, Trace, TracePage } from '../wire/traces.ts'

const TIMEOUT_MS = 30_000

/** A failure the server explained, or the reason why there was no usable answer (status 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  constructor(status: number, code: string, message: string, requestId: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.requestId = requestId
  }
}

type Query = Record<string, string | number | null | undefined>

const Session = z.object({ org: z.string() })

/** The address with the parts that are given; null and undefined are left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value))
  }
  return search.size > 0 ? `${path}?${search}` : path
}

async function send(path: string, init: RequestInit): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  const response = await fetch(path, { ...init, signal }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause // we gave up ourselves: not a failure to show
    const why = timeout.aborted ? 'did not answer in time' : 'cannot be reached'
    throw new ApiError(0, 'unreachable', `The server ${why}.`)
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body
  const { error } = ErrorBody.safeParse(body).data ?? {}
  if (!error)
    throw new ApiError(response.status, 'unknown', `The server answered ${response.status}.`)
  throw new ApiError(response.status, error.code, error.message, error.request_id)
}

async function get<T>(shape: z.ZodType<T>, path: string, signal?: AbortSignal): Promise<T> {
  const parsed = shape.safeParse(await send(path, signal ? { signal } : {}))
  if (parsed.success) return parsed.data
  const { path: field, message } = parsed.error.issues[0] ?? { path: [], message: '' }
  const where = `${path.split('?')[0]}, field "${field.join('.')}": ${message}`
  throw new ApiError(200, 'unexpected_answer', `The answer has an unexpected shape (${where}).`)
}

/** Null instead of an error: a span, a trace, or a whole project may be about to arrive. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  })
}

// A form of another site cannot set a header: that is what the header is for.
const OWN_REQUEST = { 'x-heed-request': '1' }

export const api = {
  session: (signal: AbortSignal) => get(Session, '/v1/session', signal),
  signIn: (apiKey: string) =>
    send('/v1/session', {
      method: 'POST',
      headers: { ...OWN_REQUEST, 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: apiKey }),
    }),
  signOut: () => send('/v1/session', { method: 'DELETE', headers: OWN_REQUEST }),
  projects: (signal: AbortSignal) => get(ProjectList, '/v1/projects', signal),
  traces: async (query: Query, signal: AbortSignal): Promise<TracePage> =>
    (await orNull(get(TracePage, address('/v1/traces', query), signal))) ?? {
      traces: [],
      cursor: null,
    },
  scores: async (query: Query, signal: AbortSignal) =>
    (await orNull(get(ProjectScores, address('/v1/scores', query), signal)))?.scores ?? [],
  trace: (id: string, query: Query, signal: AbortSignal) =>
    orNull(get(Trace, address(`/v1/traces/${encodeURIComponent(id)}`, query), signal)),
  span: (id: string, query: Query, signal: AbortSignal) =>
    orNull(get(Span, address(`/v1/spans/${encodeURIComponent(id)}`, query), signal)),
  experiments: async (query: Query, signal: AbortSignal): Promise<ExperimentPage> =>
    (await orNull(get(ExperimentPage, address('/v1/experiments', query), signal))) ?? {
      experiments: [],
      cursor: null,
    },
  experimentCases: (id: string, query: Query, signal: AbortSignal) =>
    get(
      ExperimentCasePage,
      address(`/v1/experiments/${encodeURIComponent(id)}/cases`, query),
      signal,
    ),
  experiment: (id: string, signal: AbortSignal) =>
    orNull(get(Experiment, `/v1/experiment/${encodeURIComponent(id)}`, signal)),
  datasets: async (query: Query, signal: AbortSignal): Promise<DatasetPage> =>
    (await orNull(get(DatasetPage, address('/v1/datasets', query), signal))) ?? {
      datasets: [],
      cursor: null,
    },
  records: (id: string, query: Query, signal: AbortSignal) =>
    get(DatasetRecordPage, address(`/v1/dataset/${encodeURIComponent(id)}/fetch`, query), signal),
  dataset: (id: string, signal: AbortSignal) =>
    orNull(get(Dataset, `/v1/dataset/${encodeURIComponent(id)}`, signal)),
  feedback: async (query: Query, signal: AbortSignal): Promise<FeedbackPage> =>
    (await orNull(get(FeedbackPage, address('/v1/feedback', query), signal))) ?? {
      feedback: [],
      cursor: null,
    },
}
