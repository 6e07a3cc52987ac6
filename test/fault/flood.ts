// A client process of the overload test: posts large batches as fast as they are taken or refused.
// node test/fault/flood.ts <url> <project> <connections> <seconds>; prints one JSON object.
import { Agent } from 'node:http'
import { newTraceId, spanId } from '../support/heed.ts'
import { exchange } from './exchange.ts'
import { FLOOD_ROWS } from './flood-size.ts'

const [url = '', project = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const until = Date.now() + Number(seconds) * 1000
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })

const result = {
  traces: [] as string[],
  acceptedMs: [] as number[],
  refusedMs: [] as number[],
  /** Of those refused: without `Retry-After`, or another status. */
  wrong: [] as string[],
  /** Closed with what was not read of a refused body, before its answer was. */
  cut: 0,
}

/** A batch whose trace id is written in place: making JSON must not be what limits the flood. */
class Batch {
  readonly #body: Buffer
  readonly #places: number[] = []

  constructor() {
    const hole = '0'.repeat(32)
    const rows = Array.from({ length: FLOOD_ROWS }, (_, n) => {
      const ids = n === 0 ? '' : `,"span_parents":["${spanId(0)}"]`
      const text = Array.from({ length: 50 }, () => Math.random().toString(36)).join(' ')
      return `{"id":"${hole}-${spanId(n)}","root_span_id":"${hole}"${ids},"input":"${text}","output":"${text}"}`
    })
    this.#body = Buffer.from(`{"project_name":"${project}","rows":[${rows.join()}]}`)
    for (let at = this.#body.indexOf(hole); at >= 0; at = this.#body.indexOf(hole, at + 32)) {
      this.#places.push(at)
    }
  }

  of(traceId: string): Buffer {
    for (const at of this.#places) this.#body.write(traceId, at, 'latin1')
    return this.#body
  }
}

async function client(): Promise<void> {
  const batch = new Batch()
  while (Date.now() < until) {
    const traceId = newTraceId()
    const begun = performance.now()
    const outcome = await exchange(`${url}/logs3`, { body: batch.of(traceId), agent })
    const ms = performance.now() - begun
    if (outcome.kind !== 'answered') {
      if (outcome.kind === 'torn') result.wrong.push(outcome.why)
      result.cut += 1
      continue
    }
    const { status, retryAfter, text } = outcome
    if (status === 200) {
      result.traces.push(traceId)
      result.acceptedMs.push(ms)
      continue
    }
    result.refusedMs.push(ms)
    if (status !== 503 || retryAfter !== '1' || !text.includes('overloaded')) {
      result.wrong.push(`${status} ${retryAfter} ${text.slice(0, 200)}`)
    }
  }
}

await Promise.all(Array.from({ length: Number(connections) }, client))
agent.destroy()
process.stdout.write(JSON.stringify(result))
