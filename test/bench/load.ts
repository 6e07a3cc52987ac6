import { Ahead } from './ahead.ts'
import type { Packing, Samples } from './bodies.ts'
import type { Client } from './client.ts'
import type { Plan } from './data.ts'
import { Progress } from './progress.ts'

export interface Filled {
  readonly spans: number
  readonly feedback: number
  readonly bytes: number
  readonly seconds: number
  /** Requests that a busy server did not take at first. */
  readonly retries: number
  /** Latency of each request, ms. */
  readonly requestMs: readonly number[]
  /** Cores that making and sending the load kept busy. */
  readonly generatorCores: number
  readonly samples: Samples
}

/** Sends all of a plan, as fast as `clients` connections bring it. */
export async function fill(
  client: Client,
  clients: number,
  plan: Plan,
  packing: Packing,
): Promise<Filled> {
  const ahead = new Ahead(plan, packing)
  const progress = new Progress('fill', plan.spans)
  const totals = { spans: 0, feedback: 0, bytes: 0, retries: 0 }
  const requestMs: number[] = []
  let next = await ahead.take() // the corpus is written before the clock runs
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const send = async () => {
    for (;;) {
      const body = next ?? (await ahead.take())
      next = undefined
      if (!body) return
      const at = performance.now()
      totals.retries += await client.deliver(body)
      requestMs.push(performance.now() - at)
      totals.spans += body.spans
      totals.feedback += body.feedback
      totals.bytes += body.bytes.byteLength
      progress.at(totals.spans)
    }
  }
  await Promise.all(Array.from({ length: clients }, send))
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(cpu)
  progress.end()
  const generatorCores = (user + system) / 1e6 / seconds
  return { ...totals, seconds, requestMs, generatorCores, samples: await ahead.close() }
}
