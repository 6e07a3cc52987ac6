// A client process of the kill test: sends until its input ends, and prints what was acknowledged.
// node --import tsx test/fault/client.ts <url> <key> <project>
import { newTraceId, rowId, spanId } from '../support/heed.ts'

const [url = '', key = '', project_name = ''] = process.argv.slice(2)
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

/** Reads; null when the server is killed meanwhile. */
async function read(path: string) {
  try {
    const response = await fetch(`${url}${path}`, { headers })
    return {
      status: response.status,
      body: (await response.json()) as ReturnType<typeof JSON.parse>,
    }
  } catch {
    return null
  }
}

while (!isOver) {
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
    const found = await read(`/v1/feedback/${vote.feedback_id}?${query}`)
    if (found && found.status === 404) note('unread', vote.feedback_id)
  }
  if (await deliver('/logs3', { rows, feedback: [comment] })) {
    note('trace', traceId)
    note('feedback', comment.feedback_id)
  }
  if (await deliver('/logs3', { rows: [change] })) note('changed', root)
  const page = await read(`/v1/traces?${query}&limit=200`)
  const ids: string[] =
    page?.body.traces?.map((trace: { trace_id: string }) => trace.trace_id) ?? []
  if (new Set(ids).size !== ids.length) note('doubled', ids.join())
}
