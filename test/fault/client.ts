// A client process of the kill test: sends until its input ends, and prints what was acknowledged.
// node --import tsx test/fault/client.ts <url> <key> <project> <number of this client: a digit>
import { newTraceId, rowId, spanId } from '../support/heed.ts'
import { sharedRow, sharedWrite } from './shared-row.ts'

const [url = '', key = '', project_name = '', client = '0'] = process.argv.slice(2)
const headers = { authorization: `Bearer ${key}` }
let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()

const note = (what: string, id: string) => process.stdout.write(`${what} ${id}\n`)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends until it is acknowledged: the same ids, however often the answer was lost. */
async function deliver(path: string, body: object): Promise<boolean> {
  while (!isOver) {
    try {
      const init = { method: 'POST', headers, body: JSON.stringify({ project_name, ...body }) }
      const response = await fetch(url + path, init)
      const answer = (await response.json()) as { rejected?: unknown[] }
      if (response.ok) {
        if (answer.rejected?.length) note('refused', JSON.stringify(answer.rejected))
        return true
      }
      // Stopping or stopped: what else is refused is a failure of the test.
      if (response.status !== 503) note('refused', String(response.status))
    } catch {
      await pause(20) // killed, or not up yet
    }
  }
  return false
}

/** Reads; null when the server is killed or stopping meanwhile. Any other status than 200 is a failure of the test. */
async function read(path: string): Promise<ReturnType<typeof JSON.parse> | null> {
  try {
    const response = await fetch(`${url}${path}`, { headers })
    const body = await response.json()
    if (response.status === 200) return body
    if (response.status !== 503) note('unread', `${response.status} ${path}`)
  } catch {
    // killed, or not up yet
  }
  return null
}

for (let n = 0; !isOver; n++) {
  const traceId = newTraceId()
  const query = new URLSearchParams({ project_name })
  const root = rowId(traceId, 1)
  const created = () => new Date().toISOString()
  const rows = [1, 2, 3, 4, 5].map((n) => ({
    id: rowId(traceId, n),
    span_id: spanId(n),
    root_span_id: traceId,
    ...(n === 1 ? {} : { span_parents: [spanId(1)] }),
    created: created(),
    input: 'x'.repeat(500),
  }))
  const change = {
    id: root,
    _is_merge: true,
    output: 'done',
    metadata: { a: 1 },
    created: created(),
  }
  const judged = { id: root, created: created() }
  const vote = { ...judged, feedback_id: crypto.randomUUID(), user: 'u', scores: { s: 1 } }
  const comment = { ...judged, feedback_id: crypto.randomUUID(), user: 'v', comment: 'good' }

  if (await deliver('/v1/feedback', { feedback: [vote] })) {
    note('feedback', vote.feedback_id)
    await read(`/v1/feedback/${vote.feedback_id}?${query}`)
  }
  if (await deliver('/logs3', { rows, feedback: [comment] })) {
    note('trace', traceId)
    note('feedback', comment.feedback_id)
  }
  if (await deliver('/logs3', { rows: [change] })) note('changed', root)
  const shared = sharedWrite(Number(client), n)
  note('begun', JSON.stringify(shared))
  if (await deliver('/logs3', { rows: [sharedRow(shared)] })) note('shared', shared.mark)
  const page = await read(`/v1/traces?${query}&limit=200`)
  const ids: string[] = page?.traces.map((trace: { trace_id: string }) => trace.trace_id) ?? []
  if (new Set(ids).size !== ids.length) note('doubled', ids.join())
}
