import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId, spanId } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

const write = async (project_name: string, ...rows: object[]) => {
  const { status, body } = await heed.post('/logs3', { project_name, rows })
  expect([status, body.rejected]).toEqual([200, []])
}
const judge = async (project_name: string, ...feedback: object[]) => {
  const { status, body } = await heed.post('/v1/feedback', { project_name, feedback })
  expect([status, body.rejected]).toEqual([201, []])
}

describe('what ids alone put in order', () => {
  // In UTF-16 the first of them is the lesser, in UTF-8 the second.
  const ids = ['\u{1f600}', '\uff71'] as const
  const created = '2026-01-01T00:00:01Z'

  test('has the same first root in a list and in a trace', async () => {
    const project_name = newProject()
    const rows = ids.map((id) => ({ id, span_id: id, root_span_id: 't', created }))
    await write(project_name, ...rows)
    const { body: page } = await heed.get('/v1/traces', { project_name })
    const { body: trace } = await heed.get('/v1/traces/t', { project_name })
    expect(trace.root_id).toBe(ids[1])
    expect(page.traces.map((one: { id: string }) => one.id)).toEqual([ids[1]])
  })

  test('has the same last edit of a comment in a filter and in a trace', async () => {
    const project_name = newProject()
    const traceId = newTraceId()
    const root = rowId(traceId, 1)
    const opaque = { id: 'o', span_id: 'o', root_span_id: traceId, span_parents: [spanId(1)] }
    await write(project_name, { id: root }, opaque)
    await judge(
      project_name,
      { id: root, feedback_id: 'c', comment: 'first', created },
      { id: root, feedback_id: ids[0], replaces: 'c', comment: 'last', created },
      { id: 'o', feedback_id: ids[1], replaces: 'c', comment: 'before', created },
    )
    const { body: trace } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    expect(trace.comments).toMatchObject([{ feedback_id: 'c', text: 'last' }])
    const query = { project_name, of: 'traces', filter: 'comment = "last"' }
    expect((await heed.get('/v1/count', query)).body).toEqual({ count: 1 })
  })
})

describe('a trace with two spans that have no parent', () => {
  const named = (id: string, name: string, start: number) => ({
    id,
    span_attributes: { name },
    metrics: { start, end: start + 1 },
  })
  const opaque = () => {
    const root_span_id = crypto.randomUUID()
    const span = (name: string, start: number) => ({
      ...named(crypto.randomUUID(), name, start),
      span_id: crypto.randomUUID(),
      root_span_id,
    })
    return [span('late', 2), span('early', 1)] as const
  }
  const heedIds = () => {
    const traceId = newTraceId()
    return [named(rowId(traceId, 1), 'late', 2), named(rowId(traceId, 2), 'early', 1)] as const
  }

  test.each([
    ['opaque ids', opaque],
    ['Heed ids', heedIds],
  ])('is one trace in lists, counts and groups, under its first span: %s', async (_, spans) => {
    const project_name = newProject()
    const [late, early] = spans()
    await write(project_name, late, early)
    await judge(project_name, { id: late.id, scores: { s: 1 } })
    await judge(project_name, { id: early.id, scores: { s: 0 } })

    const { body: page } = await heed.get('/v1/traces', { project_name })
    expect(page.traces).toMatchObject([
      { id: early.id, name: 'early', span_count: 2, scores: [{ name: 's', mean: 0.5, n: 2 }] },
    ])
    const traceId = page.traces[0].trace_id
    const { body: trace } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    expect(trace).toMatchObject({ root_id: early.id, scores: page.traces[0].scores })

    const count = async (filter?: string) =>
      (await heed.get('/v1/count', { project_name, of: 'traces', ...(filter ? { filter } : {}) }))
        .body
    expect(await count()).toEqual({ count: 1 })
    expect(await count('name = "early" and scores.s = 0.5')).toEqual({ count: 1 })
    expect(await count('name = "late"')).toEqual({ count: 0 })
    const { body: filtered } = await heed.get('/v1/traces', {
      project_name,
      filter: 'name = "late"',
    })
    expect(filtered.traces).toEqual([])
    const { body: grouped } = await heed.get('/v1/groups', {
      project_name,
      of: 'traces',
      by: 'name',
      value: 'scores.s',
    })
    expect(grouped.groups).toMatchObject([{ count: 1, values: [{ n: 1, mean: 0.5 }] }])
    const { body: all } = await heed.get('/v1/projects')
    const own = all.projects.find((one: { name: string }) => one.name === project_name)
    expect(own.trace_count).toBe(1)
  })

  test('keeps every page whole: what is not a root takes no place and hides no other', async () => {
    const project_name = newProject()
    const traces = Array.from({ length: 5 }, heedIds)
    await write(project_name, ...traces.flat())
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const query = { project_name, limit: '2', ...(cursor ? { cursor } : {}) }
      const { body } = await heed.get('/v1/traces', query)
      seen.push(...body.traces.map((one: { id: string }) => one.id))
      cursor = body.cursor
      if (cursor === null) break
    }
    expect(seen.toSorted()).toEqual(traces.map(([, early]) => early.id).toSorted())
  })
})

describe('a row that does not say its trace', () => {
  test('is a trace of its own until it does, and shares nothing with another such row', async () => {
    const project_name = newProject()
    const [x, y, root_span_id] = ['x', 'y', 'whole'].map((id) => `${id} ${crypto.randomUUID()}`)
    await write(
      project_name,
      { id: x, _is_merge: true, output: 1 },
      { id: y, _is_merge: true, output: 2 },
    )
    await judge(project_name, { feedback_id: `of ${x}`, id: x, scores: { s: 1 } })
    await judge(project_name, { feedback_id: `of ${y}`, id: y, scores: { s: 0 } })

    const span = async (id: string | undefined) =>
      (await heed.get(`/v1/spans/${encodeURIComponent(String(id))}`, { project_name })).body
    const event = async () => (await heed.get(`/v1/feedback/of ${x}`, { project_name })).body
    const listed = async () =>
      (await heed.get('/v1/traces', { project_name })).body.traces.map(
        (one: { trace_id: string }) => one.trace_id,
      )
    const ownScores = [{ name: 's', mean: 1, n: 1 }]
    expect(await span(x)).toMatchObject({ trace_id: x, output: 1, scores: ownScores })
    expect(await event()).toMatchObject({ status: 'attached', trace_id: x })
    expect(await listed()).toEqual([])
    const { body: spans } = await heed.get('/v1/spans', { project_name, filter: 'scores.s = 1' })
    expect(spans.spans.map((one: { id: string }) => one.id)).toEqual([x])

    await write(project_name, {
      id: x,
      root_span_id,
      span_id: root_span_id,
      input: 'q',
      created: '2026-01-01T00:00:00Z',
    })
    expect(await span(x)).toMatchObject({ trace_id: root_span_id, output: 1, scores: ownScores })
    expect(await event()).toMatchObject({ status: 'attached', trace_id: root_span_id })
    expect(await listed()).toEqual([root_span_id])
    const gone = await heed.get(`/v1/traces/${encodeURIComponent(String(x))}`, { project_name })
    expect(gone.status).toBe(404)
  })
})

test('a log, which has the span id of its span, hangs from it, and its votes count there', async () => {
  const project_name = newProject()
  const root_span_id = crypto.randomUUID()
  const row = (name: string, span_id: string, start: number, parents: string[] = []) => ({
    id: `${name} ${root_span_id}`,
    ...{ root_span_id, span_id, span_parents: parents },
    span_attributes: { name },
    metrics: { start, end: start },
  })
  await write(
    project_name,
    row('root', root_span_id, 1),
    row('step', 's', 2, [root_span_id]),
    row('log', 's', 3),
    row('other', 'o', 4, [root_span_id]),
    row('part', 'p', 5, ['s']),
  )
  await judge(project_name, { id: `log ${root_span_id}`, scores: { clear: 1 } })
  const { body } = await heed.get(`/v1/traces/${root_span_id}`, { project_name })
  const nameOf = (id: string | null) => id?.split(' ')[0]
  expect(
    body.spans.map((span: { id: string; parent_id: string | null; scores: object[] }) => [
      nameOf(span.id),
      nameOf(span.parent_id),
      span.scores.length,
    ]),
  ).toEqual([
    ['root', undefined, 1],
    ['step', 'root', 1],
    ['log', 'step', 1],
    ['part', 'step', 0],
    ['other', 'root', 0],
  ])
  const judged = await heed.get('/v1/spans', { project_name, filter: 'scores.clear = 1' })
  const found = judged.body.spans.map((span: { id: string }) => nameOf(span.id))
  expect(found.sort()).toEqual(['log', 'root', 'step'])
})

test('several scores asked for together are what each is alone, and what the list shows', async () => {
  const project_name = newProject()
  const traceIds = Array.from({ length: 6 }, () => newTraceId())
  await write(
    project_name,
    ...traceIds.flatMap((traceId, n) => [
      { id: rowId(traceId, 1), scores: n % 2 ? { a: n / 10 } : {} },
      { id: rowId(traceId, 2), span_parents: [rowId(traceId, 1).slice(33)], scores: { b: 0.5 } },
    ]),
  )
  const [first, second] = traceIds.map((traceId) => rowId(traceId, 1))
  await judge(
    project_name,
    { id: first, user: 'u1', scores: { a: 1, c: 0 } },
    { id: first, user: 'u2', scores: { a: 0 } },
    { id: second, user: 'u1', scores: { a: 1 } },
  )
  await judge(project_name, { id: second, user: 'u1', scores: { a: null } })

  type Value = { field: string; n: number; mean: number | null }
  const ask = async (of: string, fields: string[]) => {
    const query = new URLSearchParams({ project_name, of, every: 'month' })
    for (const field of fields) query.append('value', field)
    const { body } = await heed.get('/v1/groups', query)
    const values: Value[] = body.groups.flatMap((group: { values: Value[] }) => group.values)
    // The engine adds up the rows of a group in no order.
    return values.map((value) => ({ ...value, mean: value.mean && Number(value.mean.toFixed(12)) }))
  }
  for (const [of, field] of [
    ['traces', 'scores'],
    ['traces', 'own_scores'],
    ['spans', 'scores'],
    ['spans', 'own_scores'],
  ] as const) {
    const fields = ['a', 'b', 'c', 'absent'].map((name) => `${field}.${name}`)
    const alone = await Promise.all(fields.map((one) => ask(of, [one])))
    const together = await ask(of, [...fields, 'duration'])
    expect(together.slice(0, fields.length)).toEqual(alone.flat())
  }
  const { body: page } = await heed.get('/v1/traces', { project_name })
  const shown = page.traces.flatMap((one: { scores: { name: string; mean: number }[] }) =>
    one.scores.filter(({ name }) => name === 'a').map(({ mean }) => mean),
  )
  const [a] = await ask('traces', ['scores.a', 'scores.b'])
  expect(a).toMatchObject({ n: shown.length, field: 'scores.a' })
  expect(a?.mean).toBeCloseTo(
    shown.reduce((sum: number, one: number) => sum + one, 0) / shown.length,
    12,
  )
})

describe('spans of large traces', () => {
  test.each([
    ['300 deep', 300, (n: number) => n - 1],
    ['with 3000 spans below one root', 3000, () => 1],
  ])('are filtered by the average of a trace %s', async (_, count, parentOf) => {
    const project_name = newProject()
    const traceId = newTraceId()
    const rows = Array.from({ length: count }, (_, i) => ({
      id: rowId(traceId, i + 1),
      span_id: spanId(i + 1),
      root_span_id: traceId,
      span_parents: i === 0 ? [] : [spanId(parentOf(i + 1))],
      scores: { s: i + 1 === count ? 1 : 0 },
      metrics: { start: i, end: i + 1 },
    }))
    for (let i = 0; i < count; i += 500) {
      await heed.post('/logs3', { project_name, rows: rows.slice(i, i + 500) })
    }
    const found = async (filter: string) => {
      const { status, body } = await heed.get('/v1/spans', { project_name, filter })
      expect(status).toBe(200)
      return body.spans.map((span: { id: string }) => span.id)
    }
    // The last span alone has a one: it, and whoever is above it, has a mean above zero.
    expect(await found('scores.s = 1')).toEqual([rowId(traceId, count)])
    expect(await found(`scores.s > 0 and scores.s < ${1 / (count - 0.5)}`)).toEqual([
      rowId(traceId, 1),
    ])
  })
})
