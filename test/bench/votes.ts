import { setTimeout as sleep } from 'node:timers/promises'
import { bodies, PROJECT, type Samples } from './bodies.ts'
import { Client } from './client.ts'
import type { Plan } from './data.ts'
import { type Figure, figuresOf } from './figure.ts'
import { cpuSeconds } from './process.ts'
import { Progress } from './progress.ts'
import { watch } from './watch.ts'

const SECONDS = 20
const WARM_UP_SECONDS = 2
const SPANS_A_SECOND = 2000
const SPANS_A_BODY = 100
const VOTES_A_SECOND = 50

/** One of so many votes is read again on its trace, as an open page does. */
const READ_EVERY = 5

/**
 * Votes at a fixed rate while spans arrive at a fixed rate. Every time counts from the moment at
 * which a vote was to be sent, so that a server that falls behind cannot hide it.
 */
export async function measureVotes(
  server: { readonly url: string; readonly apiKey: string; readonly pid: number | undefined },
  plan: Plan,
  { rowIds, traceIds }: Samples,
): Promise<Figure[]> {
  const seconds = SECONDS + WARM_UP_SECONDS
  const spans = seconds * SPANS_A_SECOND
  const nothing: Samples = { rowIds: [], traceIds: [], bigTraceIds: [] }
  const load = [...bodies({ ...plan, spans }, { rowsABody: SPANS_A_BODY, isGzip: false }, nothing)]
  // Two, so that no vote waits for a connection that brings spans.
  const voters = new Client(server.url, server.apiKey, 256)
  const app = new Client(server.url, server.apiKey, 64)
  const progress = new Progress('votes under load', seconds)
  const ack: number[] = []
  const live: number[] = []
  const read: number[] = []
  const lost: string[] = []
  const seen = new Map<string, () => void>()
  const leave = await watch(server.url, server.apiKey, (ids) => {
    for (const id of ids) seen.get(id)?.()
  })

  async function vote(n: number, due: number): Promise<void> {
    const place = n % rowIds.length
    const feedbackId = `live-${due.toFixed(3)}-${n}`
    const visible = new Promise<void>((resolve) => seen.set(feedbackId, resolve))
    const event = {
      id: rowIds[place],
      feedback_id: feedbackId,
      user: `watcher-${n}`,
      source: 'app',
      scores: { helpful: n % 2 },
    }
    const isCounted = n >= WARM_UP_SECONDS * VOTES_A_SECOND
    const note = (times: number[]) => isCounted && times.push(performance.now() - due)
    const posting = voters
      .post('/v1/feedback', JSON.stringify({ project_name: PROJECT, feedback: [event] }))
      .then(({ status }) => (status === 201 ? note(ack) : lost.push(feedbackId)))
    await Promise.race([visible, sleep(10_000)])
    note(live)
    if (n % READ_EVERY === 0) {
      const path = `/v1/traces/${traceIds[place]}`
      const { text } = await voters.get(path, { project_name: PROJECT })
      if (text.includes(feedbackId)) note(read)
      else lost.push(feedbackId)
    }
    await posting
    seen.delete(feedbackId)
  }

  const cpuBefore = cpuSeconds(server.pid)
  const begun = performance.now()
  const [late] = await Promise.all([
    atRate(load.length, SPANS_A_SECOND / SPANS_A_BODY, async (n, due) => {
      const body = load[n]
      if (body) await app.deliver(body)
      progress.at((due - begun) / 1000)
    }),
    atRate(seconds * VOTES_A_SECOND, VOTES_A_SECOND, vote),
  ])
  const took = (performance.now() - begun) / 1000
  leave()
  voters.close()
  app.close()
  progress.end()
  const cpuAfter = cpuSeconds(server.pid)
  const more = {
    spans_per_second: spans / took,
    load_late_ms: late,
    not_visible: lost.length,
    ...(cpuBefore !== null &&
      cpuAfter !== null && { product_cores: (cpuAfter - cpuBefore) / took }),
  }
  return [
    ...figuresOf('vote acknowledged', 'ms', ack, ['p50', 'p99'], more),
    ...figuresOf('vote on /v1/live', 'ms', live, ['p50', 'p95', 'p99'], more),
    ...figuresOf('vote read again', 'ms', read, ['p50', 'p95', 'p99'], more),
  ]
}

/** Starts work at a fixed rate, finished or not. Resolves, when all is done, to how late it began at most, ms. */
async function atRate(
  count: number,
  perSecond: number,
  work: (n: number, due: number) => Promise<void>,
): Promise<number> {
  const begun = performance.now()
  const running: Promise<void>[] = []
  let late = 0
  for (let n = 0; n < count; n++) {
    const due = begun + (n * 1000) / perSecond
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    late = Math.max(late, performance.now() - due)
    running.push(work(n, due))
  }
  await Promise.all(running)
  return late
}
