import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  BODY_BYTES_MAX,
  type Heed,
  newProject,
  newTraceId,
  openHeed,
  rowId,
} from '../../test/support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

describe('who may call', () => {
  /** What answers without a key: health, the way in, and the page itself. */
  const OPEN = new Set([
    '/healthz',
    '/signin',
    '/v1/session',
    '/attachment/object',
    '/logs3/overflow/object',
    '/*',
    '*',
  ])

  test('every route but the open ones needs a key', async () => {
    const routes = heed.app.routes.filter(({ method, path }) => method !== 'ALL' && !OPEN.has(path))
    expect(routes.length).toBeGreaterThan(8)
    for (const { method, path } of routes) {
      const { status } = await heed.app.request(path, { method })
      expect([method, path, status]).toEqual([method, path, 401])
    }
    for (const path of ['/v1/session', '/nowhere', '/v1/nowhere', '/app.js', '/logs3']) {
      expect([path, (await heed.app.request(path)).status]).toEqual([path, 401])
    }
  })

  test('an unknown key is refused in the one error shape, with a request id', async () => {
    const response = await heed.app.request('/v1/projects', {
      headers: { authorization: 'Bearer heed_unknown' },
    })
    const body = (await response.json()) as { error: Record<string, unknown> }
    expect(response.status).toBe(401)
    expect(body.error).toMatchObject({ code: 'unauthorized', message: expect.any(String) })
    expect(body.error.request_id).toBe(response.headers.get('x-request-id'))
  })

  test('the printed link signs a browser in, and its cookie needs our header to write', async () => {
    const signedIn = await heed.app.request(`/signin?token=${heed.auth.signInToken}`)
    expect(signedIn.status).toBe(303)
    const set = signedIn.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/HttpOnly/i)
    expect(set).toMatch(/SameSite=Lax/i)
    const cookie = set.split(';')[0] ?? ''
    const read = await heed.app.request('/v1/projects', { headers: { cookie } })
    expect(read.status).toBe(200)
    const post = (headers: Record<string, string>) =>
      heed.app.request('/v1/feedback', { method: 'POST', headers, body: '{}' })
    expect((await post({ cookie })).status).toBe(403)
    expect((await post({ cookie, 'x-heed-request': '1' })).status).toBe(400)
    const forged = cookie.replace(/=(\d+)/, (_, expires) => `=${Number(expires) + 1}`)
    expect((await heed.app.request('/v1/projects', { headers: { cookie: forged } })).status).toBe(
      401,
    )
  })

  test('a wrong link or key does not sign in', async () => {
    expect((await heed.app.request('/signin?token=guess')).status).toBe(401)
    const body = JSON.stringify({ api_key: 'heed_guess' })
    expect((await heed.app.request('/v1/session', { method: 'POST', body })).status).toBe(401)
  })
})

describe('what the body may be', () => {
  const post = (body: unknown, headers?: Record<string, string>) =>
    heed.post('/logs3', body, headers)
  const row = () => ({ id: rowId(newTraceId(), 1), input: 'hi' })

  test('malformed JSON, wrong UTF-8, wrong gzip and other encodings are told apart', async () => {
    const wrong = [
      ['{"rows": [', {}, 'invalid_json'],
      ['', {}, 'invalid_json'],
      [new Uint8Array([0x22, 0xff, 0x22]), {}, 'invalid_encoding'],
      ['{}', { 'content-encoding': 'gzip' }, 'invalid_encoding'],
      [gzipSync('{"rows":[]}').subarray(0, 12), { 'content-encoding': 'gzip' }, 'invalid_encoding'],
      ['{}', { 'content-encoding': 'br' }, 'unsupported_encoding'],
    ] as const
    for (const [body, headers, code] of wrong) {
      expect((await post(body, headers)).body.error.code).toBe(code)
    }
  })

  test('a body is bounded before and after gunzip', async () => {
    const project_name = newProject()
    const large = JSON.stringify({
      project_name,
      rows: [{ ...row(), input: 'x'.repeat(BODY_BYTES_MAX) }],
    })
    const plain = await post(large)
    expect([plain.status, plain.body.error.code]).toEqual([413, 'payload_too_large'])
    expect(plain.body.error.details).toEqual({ bytes_max: BODY_BYTES_MAX })
    const bomb = await post(gzipSync(large), { 'content-encoding': 'gzip' })
    expect([bomb.status, bomb.body.error.code]).toEqual([413, 'payload_too_large'])
    const small = await post(gzipSync(JSON.stringify({ project_name, rows: [row()] })), {
      'content-encoding': 'gzip',
    })
    expect(small.status).toBe(200)
  })

  test('an envelope of the wrong form names its fields', async () => {
    const { status, body } = await post({ rows: 7, project_id: 'x' })
    expect(status).toBe(400)
    expect(body.error.details).toEqual([
      { field: 'project_id', message: 'must be a UUID' },
      { field: 'rows', message: 'must be a list' },
    ])
  })
})

describe('what an item may be', () => {
  test('bad rows and feedback are named, and their neighbours are stored', async () => {
    const project_name = newProject()
    const [good, other] = [rowId(newTraceId(), 1), rowId(newTraceId(), 1)]
    let deep: unknown = 1
    for (let i = 0; i < 200; i++) deep = [deep]
    const { status, body } = await heed.post('/logs3', {
      project_name,
      rows: [
        { id: good, output: 'fine' },
        { output: 'a row without an id' },
        { id: 'r2', scores: { helpful: 1.5 } },
        { id: 'r3', input: deep },
        { id: 'r4', tags: 'not a list' },
        { id: 'r5', project_id: '00000000-0000-4000-8000-000000000000' },
        'not a row',
        { id: other, scores: { computed: 'NaN' }, output: 'fine' },
      ],
      feedback: [
        { id: good, scores: { helpful: true } },
        { id: good },
        { id: good, scores: { helpful: 'NaN' } },
        { id: good, scores: {} },
        { scores: { helpful: 1 } },
        { id: good, comment: 'x', source: 'nobody' },
      ],
    })
    expect(status).toBe(200)
    expect(body.accepted).toEqual({ rows: 2, feedback: 1 })
    expect(
      body.rejected.map((r: Record<string, unknown>) => [r.list, r.index, r.id, r.field]),
    ).toEqual([
      ['rows', 1, null, 'id'],
      ['rows', 2, 'r2', 'scores.helpful'],
      ['rows', 3, 'r3', 'input'],
      ['rows', 4, 'r4', 'tags'],
      ['rows', 5, 'r5', 'project_id'],
      ['rows', 6, null, ''],
      ['feedback', 1, good, ''],
      ['feedback', 2, good, 'scores.helpful'],
      ['feedback', 3, good, ''],
      ['feedback', 4, null, 'id'],
      ['feedback', 5, good, 'source'],
    ])
    expect(body.rejected[1].message).toBe('must be in [0, 1]')
    const page = await heed.get('/v1/traces', { project_name })
    expect(page.body.traces).toHaveLength(2)
    const scored = page.body.traces.find((trace: { id: string }) => trace.id === good)
    expect(scored.scores).toEqual([{ name: 'helpful', mean: 1, n: 1 }])
  })

  test('nesting a hundred thousand deep is refused by name, and the server lives', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const text = `{"project_name":"${newProject()}","rows":[{"id":"deep","input":${deep}},{"id":"flat"}]}`
    const { status, body } = await heed.post('/logs3', text)
    expect([status, body.accepted.rows]).toEqual([200, 1])
    expect(body.rejected[0]).toMatchObject({
      index: 0,
      id: 'deep',
      message: 'must not nest deeper than 100',
    })
  })

  test('a request in which nothing is good is refused with every reason', async () => {
    const { status, body } = await heed.post('/v1/feedback', {
      project_name: newProject(),
      feedback: [{ id: 'x', scores: { helpful: 7 } }],
    })
    expect([status, body.error.code]).toEqual([400, 'invalid_request'])
    expect(body.error.details[0]).toMatchObject({ index: 0, id: 'x', field: 'scores.helpful' })
  })

  test('rows of which none is good are answered with every reason, like those beside good ones', async () => {
    const rows = [{ id: 'r0', scores: { helpful: 1.5 } }, 'not a row']
    const { status, body } = await heed.post('/logs3', { project_name: newProject(), rows })
    expect([status, body.xact_id, body.accepted]).toEqual([200, null, { rows: 0, feedback: 0 }])
    expect(body.rejected.map((r: Record<string, unknown>) => [r.index, r.field])).toEqual([
      [0, 'scores.helpful'],
      [1, ''],
    ])
  })

  test('hostile keys and characters are stored faithfully', async () => {
    const project_name = newProject()
    const id = rowId(newTraceId(), 1)
    const input = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":1,"":"empty","a.b":1,"a":{"b":2},"nul":"\\u0000","alone":"\\ud800"}',
    )
    const text = JSON.stringify({
      project_name,
      rows: [{ id, input, metadata: input, tags: ['\ud800', "'); DROP TABLE spans; --"] }],
      feedback: [
        { id, user: "o'\\Neil\n", scores: JSON.parse('{"__proto__":1}'), comment: '\ud800\u0000' },
      ],
    })
    expect((await heed.post('/logs3', text)).body.rejected).toEqual([])
    const span = (await heed.get(`/v1/spans/${id}`, { project_name })).body
    expect(JSON.stringify(span.input)).toBe(JSON.stringify(input))
    expect(JSON.stringify(span.metadata)).toBe(JSON.stringify(input))
    expect(span.tags).toEqual(['\ufffd', "'); DROP TABLE spans; --"])
    expect(span.scores).toEqual([{ name: '__proto__', mean: 1, n: 1 }])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const [event] = (await heed.get('/v1/feedback', { project_name, id })).body.feedback
    expect(event).toMatchObject({ user: "o'\\Neil", comment: '\ufffd\u0000' })
  })
})

describe('reading', () => {
  test('what is not there is told apart: project, trace, span, feedback, address', async () => {
    const project_name = newProject()
    await heed.post('/logs3', { project_name, rows: [{ id: 'a', input: 1 }] })
    const codes = async (path: string, query = {}) => (await heed.get(path, query)).body.error.code
    expect(await codes('/v1/traces', { project_name: 'nobody' })).toBe('project_not_found')
    expect(await codes('/v1/traces/x', { project_name })).toBe('trace_not_found')
    expect(await codes('/v1/spans/x', { project_name })).toBe('span_not_found')
    expect(await codes('/v1/feedback/x', { project_name })).toBe('feedback_not_found')
    expect(await codes('/v1/nowhere')).toBe('not_found')
    expect(await codes('/v1/traces')).toBe('invalid_request')
    expect(await codes('/v1/traces', { project_name, limit: '0' })).toBe('invalid_request')
    expect(await codes('/v1/traces', { project_name, cursor: 'x' })).toBe('invalid_request')
  })

  test('pages are keyed: every trace comes once, newest first', async () => {
    const project_name = newProject()
    const ids = Array.from({ length: 25 }, (_, i) => rowId(newTraceId(1_700_000_000_000 + i), 1))
    await heed.post('/logs3', { project_name, rows: ids.map((id) => ({ id, input: id })) })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = { project_name, limit: '10', ...(cursor && { cursor }) }
      const { body } = await heed.get('/v1/traces', query)
      seen.push(...body.traces.map((trace: { id: string }) => trace.id))
      cursor = body.cursor
    }
    expect(seen).toEqual(ids.toReversed())
  })

  test('a project never sees the rows of another', async () => {
    const [mine, other] = [newProject(), newProject()]
    const id = rowId(newTraceId(), 1)
    await heed.post('/logs3', { project_name: mine, rows: [{ id, input: 'secret' }] })
    await heed.post('/v1/feedback', { project_name: mine, feedback: [{ id, comment: 'secret' }] })
    await heed.post('/logs3', { project_name: other, rows: [{ id: 'x', input: 1 }] })
    expect((await heed.get(`/v1/spans/${id}`, { project_name: other })).status).toBe(404)
    expect((await heed.get(`/v1/traces/${id.slice(0, 32)}`, { project_name: other })).status).toBe(
      404,
    )
    expect((await heed.get('/v1/feedback', { project_name: other })).body.feedback).toEqual([])
  })
})
