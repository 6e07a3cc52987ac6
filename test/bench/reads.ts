import { PROJECT, type Samples } from './bodies.ts'
import { ask as askChild } from './child.ts'
import type { Getter } from './client.ts'
import { type Figure, figuresOf, timed } from './figure.ts'
import type { ReadLimits } from './limit-reads.ts'
import { Progress, tell } from './progress.ts'
import { READS, type Read } from './reads-table.ts'

/** The reads, one after another, each so many times, with other parameters each time. */
export async function measureReads(
  client: Getter,
  samples: Samples,
  times: number,
): Promise<Figure[]> {
  const progress = new Progress('reads', READS.length)
  const measured: Figure[] = []
  for (const [done, read] of READS.entries()) {
    progress.at(done)
    measured.push(...(await measureRead(client, read, samples, times)))
  }
  progress.end()
  return measured
}

/** Sets beside each figure the same request without a network. The product must not run. */
export async function withLimits(
  figures: readonly Figure[],
  dir: string,
  samples: Samples,
  times: number,
): Promise<Figure[]> {
  tell('the limit: the same reads without a network')
  const asked = { dir, samples, times }
  const limits = new Map(await askChild<object, ReadLimits>('./limit-reads.ts', asked))
  return figures.map((figure) => ({ ...figure, limit: limits.get(figure.name) ?? null }))
}

async function measureRead(
  client: Getter,
  read: Read,
  samples: Samples,
  times: number,
): Promise<Figure[]> {
  const took: number[] = []
  let bytes = 0
  for (let n = 0; n <= times; n++) {
    const { ms, result } = await timed(() => ask(client, read, n, samples))
    if (result.refusal !== null) {
      return [{ name: `${read.name}, p50`, unit: 'ms', measured: null, note: result.refusal }]
    }
    took.push(ms)
    bytes += result.bytes
  }
  if (!(await knowsFilters(client, read, samples))) {
    const note = 'not available: the filter is not looked at'
    return [{ name: `${read.name}, p50`, unit: 'ms', measured: null, note }]
  }
  const [cold = 0, ...warm] = took
  const answer_bytes = bytes / took.length
  return figuresOf(read.name, 'ms', warm, ['p50', 'p95'], { cold, answer_bytes })
}

/** Sends a read. `refusal` is null when all of it was answered, else why not. */
export async function ask(
  client: Getter,
  read: Read,
  n: number,
  samples: Samples,
): Promise<{ refusal: string | null; bytes: number }> {
  const requests = read.requests(n, samples)
  if (requests.length === 0) {
    return { refusal: 'not available: no such row in so few spans', bytes: 0 }
  }
  const answers = await Promise.all(
    requests.map(({ path, query }) => client.get(path, { project_name: PROJECT, ...query })),
  )
  const refused = answers.find(({ status }) => status !== 200)
  const refusal = refused ? `not available: ${refused.status} ${refused.text.slice(0, 80)}` : null
  return { refusal, bytes: answers.reduce((sum, { text }) => sum + text.length, 0) }
}

/** Whether the server and the data have an answer to a read. */
export const isAvailable = async (client: Getter, read: Read, samples: Samples) =>
  (await ask(client, read, 0, samples)).refusal === null &&
  (await knowsFilters(client, read, samples))

/** A server that answers a filter that cannot be read has looked at none. */
async function knowsFilters(client: Getter, read: Read, samples: Samples): Promise<boolean> {
  const [request] = read.requests(0, samples)
  if (request?.query?.filter === undefined) return true
  const query = { project_name: PROJECT, ...request.query, filter: '((' }
  return (await client.get(request.path, query)).status !== 200
}
