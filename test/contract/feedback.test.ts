import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  API_KEY,
  type Heed,
  newProject,
  newTraceId,
  openHeed,
  rowId,
  spanId,
} from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

/** A trace of a root (1), an answer below it (2) and a tool below that (3). */
async function aTrace(project_name: string) {
  const traceId = newTraceId()
  const row = (n: number, parent: number | null, name: string) => ({
    id: rowId(traceId, n),
    span_id: spanId(n),
    root_span_id: traceId,
    ...(parent === null ? {} : { span_parents: [spanId(parent)] }),
    span_attributes: { name },
    metrics: { start: n, end: n + 1 },
    input: `in ${n}`,
    output: `out ${n}`,
  })
  await heed.post('/logs3', {
    project_name,
    rows: [row(1, null, 'chat'), row(2, 1, 'answer'), row(3, 2, 'search')],
  })
  return { traceId, root: rowId(traceId, 1), answer: rowId(traceId, 2), tool: rowId(traceId, 3) }
}

const send = async (project_name: string, ...feedback: object[]) => {
  const { status, body } = await heed.post('/v1/feedback', { project_name, feedback })
  expect(status).toBe(201)
  return body.feedback.map((receipt: { feedback_id: string }) => receipt.feedback_id) as string[]
}

/** What the list, the trace and each span show under one name: they must agree. */
async function shown(project_name: string, traceId: string, name: string) {
  const [{ body: page }, { body: trace }] = await Promise.all([
    heed.get('/v1/traces', { project_name }),
    heed.get(`/v1/traces/${traceId}`, { project_name }),
  ])
  type Scored = {
    id: string
    trace_id: string
    scores: { name: string; mean: number; n: number }[]
  }
  const of = (scored: Scored | undefined) => {
    const score = scored?.scores.find((one) => one.name === name)
    return score ? { mean: score.mean, n: score.n } : null
  }
  const listed = page.traces.find((one: Scored) => one.trace_id === traceId)
  expect(of(listed)).toEqual(of(trace))
  const bySpan = Object.fromEntries(
    trace.spans.map((span: Scored) => [Number.parseInt(span.id.slice(-4), 16), of(span)]),
  )
  return { trace: of(trace), ...bySpan } as Record<string, { mean: number; n: number } | null>
}

describe('the four kinds of feedback', () => {
  test('each alone and all together is one event, readable as soon as it is acknowledged', async () => {
    const project_name = newProject()
    const { root } = await aTrace(project_name)
    const kinds = [
      { scores: { helpful: 0.25 } },
      { expected: { answer: 'Paris' } },
      { comment: 'Almost' },
      { metadata: { session: 's1', user_id: 'u9' } },
      { tags: ['tone'] },
      {
        scores: { helpful: 1 },
        expected: 'Paris',
        comment: 'Yes',
        metadata: { a: [1] },
        tags: ['x'],
      },
    ]
    for (const kind of kinds) {
      const [feedback_id] = await send(project_name, {
        id: root,
        user: 'u1',
        source: 'app',
        ...kind,
      })
      const { body } = await heed.get(`/v1/feedback/${feedback_id}`, { project_name })
      expect(body).toMatchObject({
        id: root,
        trace_id: root.slice(0, 32),
        status: 'attached',
        user: 'u1',
        source: 'app',
        expected: kind.expected ?? null,
        comment: kind.comment ?? null,
        metadata: kind.metadata ?? null,
        tags: kind.tags ?? [],
        scores: Object.entries(kind.scores ?? {}).map(([name, value]) => ({ name, value })),
      })
    }
    const { body: trace } = await heed.get(`/v1/traces/${root.slice(0, 32)}`, { project_name })
    expect(trace.feedback).toHaveLength(kinds.length)
    const { body: span } = await heed.get(`/v1/spans/${root}`, { project_name })
    expect(span).toMatchObject({
      expected: null,
      metadata: null,
      output: 'out 1',
      feedback_count: 6,
    })
  })

  test('with a score name that is no Unicode is stored by its repaired name, and so are its neighbours', async () => {
    const project_name = newProject()
    const { root } = await aTrace(project_name)
    const [odd, plain] = await send(
      project_name,
      { id: root, scores: { 'a\ud800': 1, 'b\udfff': null } },
      { id: root, scores: { plain: 1 } },
    )
    const scoresOf = async (id: string | undefined) =>
      (await heed.get(`/v1/feedback/${id}`, { project_name })).body.scores
    expect(await scoresOf(odd)).toEqual([
      { name: 'a\ufffd', value: 1 },
      { name: 'b\ufffd', value: null },
    ])
    expect(await scoresOf(plain)).toEqual([{ name: 'plain', value: 1 }])
  })

  test('the user is the explicit one, else metadata.user_id, else anonymous', async () => {
    const project_name = newProject()
    const { root } = await aTrace(project_name)
    await send(
      project_name,
      { id: root, user: 'named', metadata: { user_id: 'other' }, scores: { s: 1 } },
      { id: root, metadata: { user_id: 'from metadata' }, scores: { s: 1 } },
      { id: root, scores: { s: 0 } },
    )
    const { body } = await heed.get(`/v1/traces/${root.slice(0, 32)}`, { project_name })
    expect(body.judgements.map((j: { user: string | null }) => j.user)).toEqual([
      'named',
      'from metadata',
      null,
    ])
  })
})

describe('averages', () => {
  test('a number names the user of a child span, as it does of feedback', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const id = rowId(traceId, 4)
    const metadata = { user_id: 42 }
    const row = { id, span_id: spanId(4), root_span_id: traceId, span_parents: [spanId(1)] }
    await heed.post('/logs3', { project_name, rows: [{ ...row, metadata, scores: { s: 1 } }] })
    await send(project_name, { id: root, metadata, scores: { s: 0 } })
    const { body } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    expect(body.judgements.map((j: { user: string }) => j.user)).toEqual(['42', '42'])
    const found = await heed.get('/v1/spans', { project_name, filter: 'user = "42"' })
    expect(found.body.spans.map((span: { id: string }) => span.id)).toEqual([id])
  })

  test('three votes on a span and three child spans make one mean of six, on every level', async () => {
    const project_name = newProject()
    const { traceId, root, answer } = await aTrace(project_name)
    await send(
      project_name,
      { id: answer, user: 'u1', scores: { helpful: 1 } },
      { id: answer, user: 'u2', scores: { helpful: 0 } },
      { id: answer, user: 'u3', scores: { helpful: 1 } },
    )
    const child = (n: number, value: number) => ({
      id: rowId(traceId, n),
      span_id: spanId(n),
      root_span_id: traceId,
      span_parents: [answer.slice(33)],
      span_attributes: { name: 'user_feedback' },
      scores: { helpful: value },
      metadata: { user_id: `u${n}` },
      comment: `said ${n}`,
    })
    await heed.post('/logs3', { project_name, rows: [child(4, 1), child(5, 0.5), child(6, 0)] })
    const six = { mean: 3.5 / 6, n: 6 }
    expect(await shown(project_name, traceId, 'helpful')).toMatchObject({
      trace: six,
      1: six,
      2: six,
      3: null,
      5: { mean: 0.5, n: 1 },
    })
    const { body } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    expect(body.judgements.map((j: { user: string }) => j.user).sort()).toEqual([
      'u1',
      'u2',
      'u3',
      'u4',
      'u5',
      'u6',
    ])
    expect(body.root_id).toBe(root)
  })

  test('a change of mind, a retraction and a vote again move the mean exactly', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const vote = (user: string | undefined, helpful: number | null) =>
      send(project_name, { id: root, user, scores: { helpful } })
    const mean = async () => (await shown(project_name, traceId, 'helpful')).trace
    await vote('u1', 0.1)
    await vote('u2', 0.2)
    await vote('u3', 0.3)
    expect(await mean()).toEqual({ mean: 0.2, n: 3 })
    await vote('u3', 1)
    expect(await mean()).toEqual({ mean: 1.3 / 3, n: 3 })
    await vote('u3', null)
    expect(await mean()).toEqual({ mean: 0.15, n: 2 })
    await vote('u3', 0.3)
    expect(await mean()).toEqual({ mean: 0.2, n: 3 })
    await vote('u1', null)
    await vote('u2', null)
    await vote('u3', null)
    expect(await mean()).toBeNull()
    await vote(undefined, 0)
    await vote(undefined, 1)
    expect(await mean()).toEqual({ mean: 1, n: 1 })
  })

  test('a score the program logged counts until somebody votes on that span and name', async () => {
    const project_name = newProject()
    const { traceId, root, tool } = await aTrace(project_name)
    const merge = (id: string, scores: object) => ({ id, scores, _is_merge: true })
    await heed.post('/logs3', {
      project_name,
      rows: [merge(root, { s: 0.4 }), merge(tool, { s: 0 })],
    })
    expect((await shown(project_name, traceId, 's')).trace).toEqual({ mean: 0.2, n: 2 })
    await send(project_name, { id: root, user: 'u1', scores: { s: 1 } })
    expect((await shown(project_name, traceId, 's')).trace).toEqual({ mean: 0.5, n: 2 })
    await send(project_name, { id: root, user: 'u1', scores: { s: null } })
    expect((await shown(project_name, traceId, 's')).trace).toEqual({ mean: 0.2, n: 2 })
  })

  test('feedback delivered again, later and out of order counts once and in order', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const event = (feedback_id: string, second: number, helpful: number) => ({
      id: root,
      feedback_id,
      user: 'u1',
      scores: { helpful },
      created: `2026-01-01T00:00:0${second}.000001Z`,
    })
    const [first, second] = [event('f1', 1, 0), event('f2', 2, 1)]
    await send(project_name, second)
    await send(project_name, first, first)
    await send(project_name, first)
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
    const { body } = await heed.get('/v1/feedback', { project_name })
    expect(body.feedback.map((f: { feedback_id: string }) => f.feedback_id)).toEqual(['f2', 'f1'])
  })

  test('a client whose clock is years wrong still votes in order', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const post = (user: string, year: number, helpful: number) =>
      heed.post('/v1/feedback', {
        project_name,
        sent_at: `${year}-06-01T00:00:10Z`,
        feedback: [{ id: root, user, scores: { helpful }, created: `${year}-06-01T00:00:09Z` }],
      })
    await post('u1', 2040, 0)
    await post('u1', 1999, 0.5)
    await send(project_name, { id: root, user: 'u1', scores: { helpful: 1 } })
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
  })
})

describe('the order of votes', () => {
  /** A vote, a change of mind, and the first one delivered again. */
  const again = async (request: (n: number) => object) => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    for (const n of [0, 1, 0]) {
      const { feedback, ...more } = { feedback: {}, ...request(n) }
      const vote = { id: root, feedback_id: `f${n}`, user: 'u1', scores: { helpful: n } }
      await heed.post('/v1/feedback', {
        project_name,
        ...more,
        feedback: [{ ...vote, ...feedback }],
      })
    }
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
    const { body } = await heed.get('/v1/feedback', { project_name })
    expect(body.feedback.map((f: { feedback_id: string }) => f.feedback_id)).toEqual(['f1', 'f0'])
  }

  test('is not changed by a retry of a vote that does not say its time', () => again(() => ({})))

  test('is not changed by a retry from a clock that is a little fast', async () => {
    const begun = Date.now() + 3_000
    const time = (n: number) => new Date(begun + n).toISOString()
    await again((n) => ({ sent_at: time(n), feedback: { created: time(n) } }))
  })

  test('is not changed by a retry from a clock that is years fast and not told', () =>
    again((n) => ({ feedback: { created: `2040-01-01T00:00:0${n}Z` } })))

  test('is that of their clock if it is a few seconds fast and the first is late', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const begun = Date.now() + 3_000
    const time = (n: number) => new Date(begun + n * 50).toISOString()
    const post = (n: number, feedback: object) =>
      heed.post('/v1/feedback', {
        project_name,
        sent_at: time(n),
        feedback: [{ id: root, user: 'u1', created: time(n), ...feedback }],
      })
    await post(0, { feedback_id: 'c', comment: 'first' })
    for (const n of [1, 0]) {
      await post(n, { scores: { helpful: n } })
      await post(n, { replaces: 'c', comment: `edit ${n}` })
    }
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
    const { body: trace } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    expect(trace.comments).toMatchObject([{ text: 'edit 1' }])
    expect(trace.feedback.every((one: { created: string }) => one.created < time(0))).toBe(true)
    const scores = await heed.get('/v1/scores', { project_name })
    expect(scores.body.scores).toEqual([{ name: 'helpful', mean: 1, n: 1 }])
    const filter = 'scores.helpful = 1 and comment ~ "edit 1"'
    expect((await heed.get('/v1/count', { project_name, filter })).body).toEqual({ count: 1 })
  })

  test('of one moment is that of arrival, where they have no ids', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    for (const helpful of [0, 1, 0, 1, 0, 1]) {
      const vote = { id: root, user: 'u1', scores: { helpful }, created: '2026-01-01T00:00:00Z' }
      await send(project_name, vote)
      expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: helpful, n: 1 })
    }
  })

  test('of official SDKs, which name no event, is that in which it was said', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    const audit = { _is_merge: true, _audit_source: 'app', _audit_metadata: { user_id: 'u1' } }
    for (const helpful of [1, 0, 1]) {
      const rows = [{ id: root, scores: { helpful }, ...audit }]
      await heed.post('/logs3', { project_name, rows })
    }
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
  })

  test('does not depend on how long a body was on its way', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    // A clock that is wrong by a little less than is corrected: with the delay it would seem to be more.
    const behind = Date.now() - 4_900
    const time = (ms: number) => new Date(behind + ms).toISOString()
    const vote = (helpful: number, ms: number) => ({
      project_name,
      sent_at: time(ms),
      feedback: [{ id: root, user: 'u1', scores: { helpful }, created: time(ms) }],
    })
    const text = new TextEncoder().encode(JSON.stringify(vote(0, 0)))
    const slow = heed.app.request('/v1/feedback', {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      duplex: 'half',
      body: new ReadableStream({
        async start(controller) {
          controller.enqueue(text.subarray(0, 10))
          await new Promise((resolve) => setTimeout(resolve, 500))
          controller.enqueue(text.subarray(10))
          controller.close()
        },
      }),
    } as RequestInit)
    await heed.post('/v1/feedback', vote(1, 50))
    expect((await slow).status).toBe(201)
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
  })
})

describe('comments', () => {
  test('are edited, deleted and answered by further events, and their history stays', async () => {
    const project_name = newProject()
    const { traceId, root } = await aTrace(project_name)
    await heed.post('/logs3', {
      project_name,
      rows: [{ id: root, _is_merge: true, comment: 'by the program', metadata: { user_id: 'u0' } }],
    })
    const [first, second] = await send(
      project_name,
      { id: root, user: 'u1', comment: 'Frist' },
      { id: root, user: 'u2', comment: 'Gone soon', scores: { s: 1 } },
    )
    const [edit] = await send(project_name, {
      id: root,
      user: 'u1',
      replaces: first,
      comment: 'First',
    })
    await send(
      project_name,
      { id: root, user: 'u3', reply_to: first, comment: 'Indeed' },
      { id: root, user: 'u2', replaces: second },
      { id: root, user: 'u1', replaces: edit, comment: 'First!' },
    )
    const { body } = await heed.get(`/v1/traces/${traceId}`, { project_name })
    const shownComments = body.comments.map((c: Record<string, unknown>) => [
      c.user,
      c.text,
      c.edited !== null,
      c.reply_to,
    ])
    expect(shownComments.slice(-2)).toEqual([
      ['u1', 'First!', true, null],
      ['u3', 'Indeed', false, first],
    ])
    expect(shownComments).toHaveLength(3)
    expect(shownComments[0]).toEqual(['u0', 'by the program', false, null])
    expect(body.feedback).toHaveLength(6)
    expect(body.scores).toEqual([{ name: 's', mean: 1, n: 1 }])
    const [listed] = (await heed.get('/v1/traces', { project_name })).body.traces
    expect(listed.comment_count).toBe(3)
  })
})

describe('pending feedback', () => {
  test('waits for its span, is listed as pending, and attaches by itself', async () => {
    const project_name = newProject()
    const traceId = newTraceId()
    const ids = [rowId(traceId, 1), 'an-opaque-id']
    const [first, second] = await send(
      project_name,
      { id: ids[0], user: 'u1', scores: { helpful: 1 } },
      { id: ids[1], user: 'u1', scores: { helpful: 0 } },
    )
    const listed = async (status: string) =>
      (await heed.get('/v1/feedback', { project_name, status })).body.feedback.map(
        (f: { feedback_id: string }) => f.feedback_id,
      )
    expect(await listed('pending')).toEqual([second, first])
    expect(await listed('attached')).toEqual([])
    const { body } = await heed.get('/v1/projects')
    const project = body.projects.find((p: { name: string }) => p.name === project_name)
    expect(project).toMatchObject({ feedback_count: 2, pending_count: 2, trace_count: 0 })
    await heed.post('/logs3', {
      project_name,
      rows: [{ id: ids[0] }, { id: ids[1], span_id: 'x', root_span_id: 'foreign-trace' }],
    })
    expect(await listed('pending')).toEqual([])
    expect((await shown(project_name, traceId, 'helpful')).trace).toEqual({ mean: 1, n: 1 })
    expect((await shown(project_name, 'foreign-trace', 'helpful')).trace).toEqual({ mean: 0, n: 1 })
  })
})

describe('a list of feedback', () => {
  test('holds all events of one id and one moment, on pages of any size', async () => {
    const project_name = newProject()
    const targets = ['a', 'b', 'c', 'd']
    for (const id of targets) {
      const event = { id, feedback_id: 'same', scores: { s: 1 }, created: '2026-01-01T00:00:00Z' }
      await send(project_name, event)
    }
    for (const limit of ['1', '3', '4', '5']) {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query = { project_name, limit, ...(cursor && { cursor }) }
        const { body } = await heed.get('/v1/feedback', query)
        seen.push(...body.feedback.map((one: { id: string }) => one.id))
        cursor = body.cursor
      }
      expect(seen).toEqual(targets.toReversed())
    }
  })
})

describe('events of one id on several spans', () => {
  test('are found by their own text', async () => {
    const project_name = newProject()
    for (const [id, comment] of [
      ['a', 'good'],
      ['b', 'bad'],
    ]) {
      await send(project_name, { id, feedback_id: 'same', comment })
    }
    const { body } = await heed.get('/v1/feedback', { project_name, filter: 'text ~ "bad"' })
    expect(body.feedback.map((one: { id: string }) => one.id)).toEqual(['b'])
  })
})

describe('rows of the official SDKs', () => {
  test('feedback rows and comment rows become feedback of the user in their audit metadata', async () => {
    const project_name = newProject()
    const row = { id: 'r1', span_id: 's1', root_span_id: 't1', input: 'hi', _is_merge: false }
    const audit = { _audit_source: 'external', _audit_metadata: { user_id: 'u1' } }
    const vote = { id: 'r1', scores: { helpful: 1 }, _is_merge: true, ...audit }
    const comment = { id: 'c1', origin: { id: 'r1' }, comment: { text: 'Good' }, ...audit }
    for (const rows of [[row], [vote], [comment], [vote, comment]]) {
      expect((await heed.post('/logs3', { project_name, rows })).body.rejected).toEqual([])
    }
    const { body } = await heed.get('/v1/traces/t1', { project_name })
    expect(body.spans).toHaveLength(1)
    expect(body.scores).toEqual([{ name: 'helpful', mean: 1, n: 1 }])
    expect(body.feedback).toHaveLength(2)
    expect(body.feedback).toContainEqual(
      expect.objectContaining({
        feedback_id: 'c1',
        user: 'u1',
        comment: 'Good',
        source: 'external',
      }),
    )
  })
})
