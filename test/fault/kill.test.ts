import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { flawOf, type SharedWrite } from './shared-row.ts'

/** How often the server is killed. */
const KILLS = Number(process.env.HEED_FAULT_KILLS ?? 200)
const CLIENTS = 4
const PROJECT = 'killed'

let product: Product
const clients: ChildProcess[] = []
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => {
  for (const client of clients) client.kill('SIGKILL')
  await product?.stop()
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What client processes were acknowledged, by kind: ids of traces, changed rows, feedback. */
class Noted {
  readonly #ids = new Map<string, Set<string>>()
  readonly #ended: Promise<unknown>[] = []

  /** Starts a process that sends until its input ends. */
  start(url: string): void {
    const script = fileURLToPath(new URL('client.ts', import.meta.url))
    const args = ['--import', 'tsx', script, url, API_KEY, PROJECT, String(clients.length)]
    const client = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    clients.push(client)
    let rest = ''
    client.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#note(line)
    })
    this.#ended.push(new Promise((resolve) => client.once('close', resolve)))
  }

  #note(line: string): void {
    const [kind = '', ...id] = line.split(' ')
    const ids = this.#ids.get(kind) ?? new Set()
    this.#ids.set(kind, ids.add(id.join(' ')))
  }

  of(kind: string): Set<string> {
    return this.#ids.get(kind) ?? new Set()
  }

  async end(): Promise<void> {
    for (const client of clients) client.stdin?.end()
    await Promise.all(this.#ended)
  }
}

test(`${KILLS} kills under the load of ${CLIENTS} processes lose nothing acknowledged, of shared rows neither, and double nothing`, async () => {
  const noted = new Noted()
  for (let i = 0; i < CLIENTS; i++) noted.start(product.url)
  const readyMs: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(100 + Math.random() * 900)
    await product.end('SIGKILL')
    const begun = performance.now()
    await product.start()
    readyMs.push(performance.now() - begun)
  }
  await pause(500)
  await noted.end()
  await product.end('SIGKILL')
  await product.start()

  const traces = await all('traces')
  const traceIds = new Set(traces.map((trace) => trace.trace_id))
  const events = await all('feedback')
  const eventIds = new Set(events.map((event) => event.feedback_id))
  const [acknowledged, changed] = [noted.of('trace'), noted.of('changed')]
  const isTorn = (trace: ReturnType<typeof JSON.parse>) =>
    acknowledged.has(trace.trace_id) &&
    (trace.span_count !== 5 ||
      trace.comment_count !== 1 ||
      JSON.stringify(trace.scores) !== '[{"name":"s","mean":1,"n":1}]')
  const shared = await sharedRows(noted)
  console.log(
    `${KILLS} kills: ${acknowledged.size} traces, ${changed.size} changes, ` +
      `${noted.of('shared').size} writes of ${shared.length} shared rows and ` +
      `${noted.of('feedback').size} feedback events acknowledged; ready again in at most ` +
      `${Math.round(Math.max(...readyMs))} ms`,
  )
  expect({
    lost: [...acknowledged].filter((id) => !traceIds.has(id)),
    lostFeedback: [...noted.of('feedback')].filter((id) => !eventIds.has(id)),
    lostChanges: traces.filter((t) => changed.has(t.id) && t.output !== 'done'),
    torn: traces.filter(isTorn),
    doubled: traces.length - traceIds.size + events.length - eventIds.size,
    doubledWhileRead: [...noted.of('doubled')],
    unread: [...noted.of('unread')],
    sharedFlaws: shared.flatMap(({ id, flaw }) => (flaw === null ? [] : [`${id} ${flaw}`])),
    refused: [...noted.of('refused')],
  }).toEqual({
    lost: [],
    lostFeedback: [],
    lostChanges: [],
    torn: [],
    doubled: 0,
    doubledWhileRead: [],
    unread: [],
    sharedFlaws: [],
    refused: [],
  })
  expect(acknowledged.size).toBeGreaterThan(KILLS / 2)
  expect(shared[0]?.writers.size).toBe(CLIENTS)
  expect(Math.max(...readyMs)).toBeLessThan(5000)
})

/** Each row that several processes wrote: what is wrong with it, and who was acknowledged. */
async function sharedRows(noted: Noted) {
  const begun = [...noted.of('begun')].map((line) => JSON.parse(line) as SharedWrite)
  const isAcknowledged = ({ mark }: SharedWrite) => noted.of('shared').has(mark)
  const ids = new Set(begun.filter(isAcknowledged).map(({ id }) => id))
  return Promise.all(
    [...ids].map(async (id) => {
      const writes = begun.filter((write) => write.id === id)
      const path = `/v1/spans/${encodeURIComponent(id)}`
      const { body } = await product.get(path, { project_name: PROJECT })
      const flaw = flawOf(body.metadata ?? {}, writes, isAcknowledged)
      const writers = new Set(writes.filter(isAcknowledged).map(({ mark }) => mark.split('.')[0]))
      return { id, flaw, writers }
    }),
  )
}

/** Every item of a list, page by page. */
async function all(list: 'traces' | 'feedback') {
  const items: ReturnType<typeof JSON.parse>[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: Record<string, string> = { project_name: PROJECT, limit: '1000' }
    const { body } = await product.get(`/v1/${list}`, cursor ? { ...query, cursor } : query)
    items.push(...body[list])
    cursor = body.cursor
  }
  return items
}
