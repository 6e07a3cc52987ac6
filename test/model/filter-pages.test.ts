import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId, spanId } from '../support/heed.ts'

/** More than a list tries one by one, so that it must look back in ranges of time. */
const TRACES = 2_500
const HOUR_MS = 3_600_000

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

/** Many traces of two spans over months; each 97th is judged, some of them only after a change. */
async function fill(isOpaque: boolean) {
  const project_name = newProject()
  const begun = Date.now() - 4 * TRACES * HOUR_MS
  const traces = Array.from({ length: TRACES }, (_, i) => {
    const at = begun + (i < TRACES / 2 ? i : 3 * i) * HOUR_MS
    const traceId = newTraceId(at)
    const ids = [0, 1].map((n) => (isOpaque ? `${traceId} ${n}` : rowId(traceId, n)))
    return { traceId, ids, created: new Date(at).toISOString() }
  })
  const rows = traces.flatMap(({ traceId, ids, created }, i) =>
    ids.map((id, n) => ({
      id,
      span_id: spanId(n),
      root_span_id: traceId,
      span_parents: n === 0 ? [] : [spanId(0)],
      created,
      span_attributes: { name: i % 2 ? 'odd' : 'even' },
      metadata: { state: 'old' },
    })),
  )
  const judged = traces.filter((_, i) => i % 97 === 5)
  const feedback = judged.map(({ ids, created }, i) => ({
    id: ids[1],
    scores: { good: 1, ...(i === 0 && { oldest: 1 }) },
    created,
  }))
  for (let at = 0; at < rows.length; at += 500) {
    const answer = await heed.post('/logs3', { project_name, rows: rows.slice(at, at + 500) })
    expect(answer.body.rejected).toEqual([])
  }
  // Older versions of these rows are still there, and match what the current ones do not.
  const changed = judged
    .filter((_, i) => i % 3 === 0)
    .map(({ ids, created }) => ({
      id: ids[0],
      created,
      metadata: { state: 'new' },
      _is_merge: true,
    }))
  await heed.post('/logs3', { project_name, rows: changed, feedback })
  return { project_name, judged, changed }
}

async function pages(project_name: string, source: 'traces' | 'spans', filter: string) {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = { project_name, filter, limit: '4', ...(cursor && { cursor }) }
    const { status, body } = await heed.get(`/v1/${source}`, query)
    expect(status, JSON.stringify(body)).toBe(200)
    ids.push(...body[source].map((row: { id: string }) => row.id))
    cursor = body.cursor
  }
  return ids
}

test.each([
  ['whose ids tell their time', false],
  ['of other ids', true],
])(
  'a rare match among many rows %s is found once, newest first',
  async (_, isOpaque) => {
    const { project_name, judged, changed } = await fill(isOpaque)
    const newest = judged.toReversed()
    const isChanged = new Set(changed.map(({ id }) => id))
    const roots = newest.map(({ ids: [root = ''] }) => root)
    expect(await pages(project_name, 'traces', 'scores.good = 1')).toEqual(roots)
    expect(
      await pages(project_name, 'traces', 'feedback exists and metadata.state = "old"'),
    ).toEqual(roots.filter((id) => !isChanged.has(id)))
    expect(
      await pages(project_name, 'traces', 'scores.good = 2 or metadata.state = "new"'),
    ).toEqual(roots.filter((id) => isChanged.has(id)))
    const either = 'feedback exists and (scores.good = 2 or metadata.state = "old")'
    expect(await pages(project_name, 'traces', either)).toEqual(
      roots.filter((id) => !isChanged.has(id)),
    )
    expect(await pages(project_name, 'spans', 'own_scores.good exists and name = "odd"')).toEqual(
      newest.flatMap(({ ids: [, below = ''] }) => below).filter((id) => isOdd(id, judged)),
    )
    // A page that takes too long is answered short, and the next one goes on.
    const clock = vi.spyOn(performance, 'now')
    let now = 0
    clock.mockImplementation(() => {
      now += 60_000
      return now
    })
    expect(await pages(project_name, 'traces', 'scores.good = 1')).toEqual(roots)
    // Pages may even be empty before there is something to show.
    expect(await pages(project_name, 'traces', 'scores.oldest = 1')).toEqual(roots.slice(-1))
    clock.mockRestore()
    const { body } = await heed.get('/v1/count', { project_name, filter: 'scores.good = 1' })
    expect(body).toEqual({ count: judged.length })
  },
  60_000,
)

/** Every second of the judged traces: their places are 97 apart. */
const isOdd = (id: string, judged: readonly { readonly ids: readonly string[] }[]) =>
  judged.findIndex(({ ids }) => ids[1] === id) % 2 === 0
