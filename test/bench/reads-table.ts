import type { openStorage } from '../../src/storage/index.ts'
import type { Samples } from './bodies.ts'
import { MODELS } from './conversations.ts'
import { TOPICS } from './words.ts'

type Storage = Awaited<ReturnType<typeof openStorage>>

interface Request {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
}

/** One read: its requests for the n-th set of parameters, and the same without HTTP. */
export interface Read {
  readonly name: string
  /** Sent at once; empty: the data holds nothing to ask for. */
  readonly requests: (n: number, samples: Samples) => readonly Request[]
  readonly direct?: (
    storage: Storage,
    projectId: string,
    n: number,
    samples: Samples,
  ) => Promise<unknown>
}

const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length]

/** The day before which the n-th page ends, so that pages differ and caches cannot answer them all. */
const daysAgo = (n: number) => n % 28

const filtered = (filter: string): readonly Request[] => [
  { path: '/v1/traces', query: { filter, limit: '50' } },
]

export const SCORES = ['helpful', 'accuracy', 'relevance']

/** Every read that is measured, and all the parameters there are. */
export const READS: readonly Read[] = [
  {
    name: 'newest 50 traces',
    requests: () => [{ path: '/v1/traces', query: { limit: '50' } }],
    direct: (storage, projectId) => storage.traces.page(projectId, 50),
  },
  {
    name: 'filter by score and metadata',
    requests: (n) =>
      filtered(`scores.helpful < ${0.2 + (n % 7) / 10} and metadata.model = "${nth(MODELS, n)}"`),
  },
  {
    name: 'filter by user, some days ago',
    requests: (n) => filtered(`user = "user-${n}" and created < -${daysAgo(n)}d`),
  },
  {
    name: 'trace of 200 spans',
    requests: (n, { bigTraceIds }) => {
      const id = nth(bigTraceIds, n)
      return id === undefined ? [] : [{ path: `/v1/traces/${id}` }]
    },
    direct: (storage, projectId, n, { bigTraceIds }) =>
      storage.traces.find(projectId, nth(bigTraceIds, n) ?? ''),
  },
  {
    name: 'text search',
    requests: (n) => filtered(`text ~ "${nth(TOPICS, n)}"`),
  },
  {
    name: 'text search, nothing found',
    requests: (n) => filtered(`text ~ "xylophone${n}"`),
  },
  {
    name: '30 days of 3 scores by day',
    requests: (n) =>
      SCORES.map((score) => ({
        path: '/v1/groups',
        query: {
          of: 'traces',
          every: 'day',
          value: `scores.${score}`,
          filter: `created > -${30 - (n % 3)}d`,
        },
      })),
  },
  {
    name: 'one row by id',
    requests: (n, { rowIds }) => [{ path: `/v1/spans/${nth(rowIds, n)}` }],
    direct: (storage, projectId, n, { rowIds }) =>
      storage.spans.get(projectId, nth(rowIds, n) ?? ''),
  },
  {
    name: 'list of projects',
    requests: () => [{ path: '/v1/projects' }],
    direct: (storage) => storage.projects.list(),
  },
  {
    name: 'scores of the project',
    requests: () => [{ path: '/v1/scores' }],
    direct: (storage, projectId) => storage.scores.ofProject(projectId),
  },
  {
    name: 'newest 50 feedback events',
    requests: () => [{ path: '/v1/feedback', query: { limit: '50' } }],
    direct: (storage, projectId) => storage.feedback.page(projectId, {}, 50),
  },
]
