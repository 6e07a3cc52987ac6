import { gzipSync } from 'node:zlib'
import { type MadeTrace, type Plan, SPANS_A_TRACE, traces } from './data.ts'

/** The project of the benchmark. */
export const PROJECT = 'bench'

/** The body of one `POST /logs3`. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** True: `bytes` are gzip. */
  readonly isGzip: boolean
  readonly spans: number
  readonly feedback: number
}

/** What the reads ask for: ids that are there. */
export interface Samples {
  readonly rowIds: string[]
  readonly traceIds: string[]
  /** Traces of 200 spans. */
  readonly bigTraceIds: string[]
}

export interface Packing {
  readonly rowsABody: number
  readonly isGzip: boolean
}

const SAMPLES_MAX = 500

/** Bodies of a plan in order; fills `samples` while it goes. */
export function* bodies(
  plan: Plan,
  { rowsABody, isGzip }: Packing,
  samples: Samples,
): Generator<Body> {
  const every = Math.max(1, Math.ceil(plan.spans / SPANS_A_TRACE / SAMPLES_MAX))
  let rows: string[] = []
  let feedback: string[] = []
  let index = 0
  for (const trace of traces(plan)) {
    if (index++ % every === 0) sample(samples, trace)
    if (trace.rows.length === 200 && samples.bigTraceIds.length < SAMPLES_MAX) {
      samples.bigTraceIds.push(trace.traceId)
    }
    for (const row of trace.rows) rows.push(JSON.stringify(row))
    for (const event of trace.feedback) feedback.push(JSON.stringify(event))
    for (; rows.length >= rowsABody; feedback = []) {
      yield pack(rows.slice(0, rowsABody), feedback, isGzip)
      rows = rows.slice(rowsABody)
    }
  }
  if (rows.length + feedback.length > 0) yield pack(rows, feedback, isGzip)
}

function sample(samples: Samples, { traceId, rows }: MadeTrace): void {
  const middle = rows[rows.length >> 1]
  samples.traceIds.push(traceId)
  if (middle) samples.rowIds.push(middle.id)
}

/** As the SDK packs it, but for `sent_at`: bodies are made before they are sent. */
export function pack(rows: readonly string[], feedback: readonly string[], isGzip = false): Body {
  const text = `{"api_version":2,"project_name":"${PROJECT}","rows":[${rows}],"feedback":[${feedback}]}`
  // A copy with a buffer of its own, because small buffers share one and could not be transferred.
  const bytes = new Uint8Array(isGzip ? gzipSync(text, { level: 1 }) : Buffer.from(text))
  return { bytes, isGzip, spans: rows.length, feedback: feedback.length }
}
