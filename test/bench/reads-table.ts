import type { Samples } from './bodies.ts'
import type { Query } from './client.ts'
import { MODELS } from './conversations.ts'
import { TOPICS } from './words.ts'

interface Request {
  readonly path: string
  readonly query?: Query
}

/** One read: its requests for the n-th set of parameters. */
export interface Read {
  readonly name: string
  /** Sent at once; empty: the data holds nothing to ask for. */
  readonly requests: (n: number, samples: Samples) => readonly Request[]
}

const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length]

/** Before which day the n-th page ends: pages differ, so that no cache answers them all. */
const daysAgo = (n: number) => n % 28

const filtered = (filter: string): readonly Request[] => [
  { path: '/v1/traces', query: { filter, limit: '50' } },
]

const SCORES = ['helpful', 'accuracy', 'relevance']

/** Every read that is measured, and all the parameters there are. */
export const READS: readonly Read[] = [
  {
    name: 'newest 50 traces',
    requests: () => [{ path: '/v1/traces', query: { limit: '50' } }],
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
    requests: (n) => [
      {
        path: '/v1/groups',
        query: {
          of: 'traces',
          every: 'day',
          value: SCORES.map((score) => `scores.${score}`),
          filter: `created > -${30 - (n % 3)}d`,
        },
      },
    ],
  },
  {
    name: 'one row by id',
    requests: (n, { rowIds }) => [{ path: `/v1/spans/${nth(rowIds, n)}` }],
  },
  {
    name: 'list of projects',
    requests: () => [{ path: '/v1/projects' }],
  },
  {
    name: 'scores of the project',
    requests: () => [{ path: '/v1/scores' }],
  },
  {
    name: 'newest 50 feedback events',
    requests: () => [{ path: '/v1/feedback', query: { limit: '50' } }],
  },
]
