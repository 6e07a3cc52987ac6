import { Ahead } from './ahead.ts'
import type { Packing, Samples } from './bodies.ts'
import type { Client } from './client.ts'
import type { Plan } from './data.ts'
import { cpuSeconds } from './process.ts'
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
  /** Seconds of CPU that the product used; null where they cannot be known. */
  readonly productCpu: number | null
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
  productPid: number | undefined,
): Promise<Filled> {
  const ahead = new Ahead(plan, packing)
  const totals = { spans: 0, feedback: 0, bytes: 0, retries: 0 }
  const requestMs: number[] = []
  let next = await ahead.take() // the corpus is written before the clock runs
  const progress = new Progress('fill', plan.spans)
  const cpu = process.cpuUsage()
  const productBefore = cpuSeconds(productPid)
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
  const productAfter = cpuSeconds(productPid)
  progress.end()
  const productCpu =
    productBefore === null || productAfter === null ? null : productAfter - productBefore
  const generatorCores = (user + system) / 1e6 / seconds
  const samples = await ahead.close()
  return { ...totals, seconds, requestMs, productCpu, generatorCores, samples }
}
