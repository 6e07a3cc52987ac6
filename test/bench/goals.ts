/** What is to be reached on two cores, load generator included. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** Of reads at a million spans; at ten million three times as much. */
const READS = {
  'newest 50 traces': 50,
  'filter by score and metadata': 80,
  'trace of 200 spans': 50,
  'text search': 100,
  '30 days of 3 scores by day': 200,
  'one row by id': 10,
} as const

const OTHERS: Readonly<Record<string, Goal>> = {
  'ingest over HTTP': { atLeast: 10_000 },
  'ingest, share of the raw insert': { atLeast: 0.5 },
  'lone request of 1 span, p50': { atMost: 15 },
  'vote acknowledged, p50': { atMost: 15 },
  'vote acknowledged, p99': { atMost: 50 },
  'vote read again, p95': { atMost: 300 },
  'vote read again, p99': { atMost: 1000 },
  'memory idle, empty': { atMost: 400 },
  'memory idle, filled': { atMost: 400 },
  'memory peak under load': { atMost: 1500 },
  'memory peak, reads': { atMost: 1500 },
  'memory peak, votes and lone requests': { atMost: 1500 },
  'start, filled': { atMost: 2 },
  'SDK call, p50': { atMost: 10 },
  'SDK bundle, gzipped': { atMost: 10_240 },
  'browser feedback client, gzipped': { atMost: 3072 },
}

/** The goal of a figure at this number of spans, if it has one. */
export function goalOf(name: string, spans: number): Goal | undefined {
  const read = Object.entries(READS).find(([of]) => name === `${of}, p50`)
  if (read) return { atMost: read[1] * (spans > 3_000_000 ? 3 : 1) }
  return OTHERS[name]
}

/** Every figure that has a goal. */
export const GOAL_NAMES: readonly string[] = [
  ...Object.keys(OTHERS),
  ...Object.keys(READS).map((name) => `${name}, p50`),
]

export const isReached = (goal: Goal, measured: number): boolean =>
  'atLeast' in goal ? measured >= goal.atLeast : measured <= goal.atMost
