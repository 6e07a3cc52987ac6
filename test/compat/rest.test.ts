import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'

const BODY_BYTES_MAX = 2 ** 18

let product: Product
beforeAll(async () => {
  product = await Product.start({ HEED_BODY_BYTES_MAX: String(BODY_BYTES_MAX) })
})
afterAll(async () => product?.stop())

type Row = Record<string, unknown>

const newId = async (path: string, body: Row): Promise<string> => {
  const answer = await product.post(path, body)
  expect(answer.status).toBe(200)
  return answer.body.id
}
const project = () => newId('/v1/project', { name: newProject() })
const inProject = async (path: string) =>
  newId(path, { project_id: await project(), name: 'by hand' })

/** Where rows lie, and how such a thing is made. */
const HOLDERS: [path: string, make: () => Promise<string>][] = [
  ['project_logs', project],
  ['dataset', () => inProject('/v1/dataset')],
  ['experiment', () => inProject('/v1/experiment')],
]

/** The fields that an answer of 400 names: of items with their place in the list. */
async function refused(path: string, body: Row): Promise<unknown> {
  const answer = await product.post(path, body)
  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request'])
  const details: { index?: number; field: string }[] = answer.body.error.details
  return details.map(({ index, field }) => (index === undefined ? field : [index, field]))
}

describe.each(HOLDERS)('rows of %s by hand', (holder, make) => {
  let at: string
  const fetchAll = async (limit: number) => {
    const events: Row[] = []
    let cursor: string | null = null
    do {
      const { status, body } = await product.post(`${at}/fetch`, { limit, cursor })
      expect(status).toBe(200)
      events.push(...body.events)
      cursor = body.cursor
    } while (cursor)
    return events
  }
  beforeAll(async () => {
    at = `/v1/${holder}/${await make()}`
  })

  test('are inserted, changed, judged, fetched page by page and deleted', async () => {
    const events = Array.from({ length: 7 }, (_, n) => ({ id: `r${n}`, input: n, metadata: { n } }))
    const { body } = await product.post(`${at}/insert`, { events })
    expect(body).toEqual({ row_ids: events.map(({ id }) => id), rejected: [] })
    const changes = [
      { id: 'r1', _is_merge: true, expected: 'more', metadata: { more: true } },
      { id: 'r2', _object_delete: true },
    ]
    expect((await product.post(`${at}/insert`, { events: changes })).body.rejected).toEqual([])
    const feedback = [
      { id: 'r3', comment: 'hm', tags: ['seen'], metadata: { user_id: 'u1' } },
      ...(holder === 'dataset' ? [] : [{ id: 'r3', scores: { right: 0.5 } }]),
    ]
    const judged = await product.post(`${at}/feedback`, { feedback })
    expect(judged).toEqual({ status: 200, body: { status: 'success', rejected: [] } })

    const rows = await fetchAll(3)
    expect(rows.map(({ id }) => id).sort()).toEqual(['r0', 'r1', 'r3', 'r4', 'r5', 'r6'])
    const row = (id: string) => rows.find((one) => one.id === id)
    expect(row('r1')).toMatchObject({ input: 1, expected: 'more', metadata: { n: 1, more: true } })
    if (holder !== 'dataset') {
      expect(row('r3')).toMatchObject({
        scores: { right: 0.5 },
        tags: ['seen'],
        comments: [{ user: 'u1', comment: { text: 'hm' } }],
      })
    }
    const { body: got } = await product.get(`${at}/fetch`, { limit: '2' })
    expect(got.events).toEqual(rows.slice(0, 2))
  })

  test('that are wrong are named by their field, and their neighbours stored', async () => {
    const bad: [item: unknown, field: string][] = [
      ['text', ''],
      [{ id: 7 }, 'id'],
      [{ id: '' }, 'id'],
      [{ id: 'x', scores: { right: 2 } }, 'scores.right'],
      [{ id: 'x', tags: 'one' }, 'tags'],
      [{ id: 'x', metrics: [1] }, 'metrics'],
      [{ id: 'x', created: 'yesterday' }, 'created'],
      [{ id: 'x', span_parents: 'p' }, 'span_parents'],
      [{ id: 'x', _is_merge: 'yes' }, '_is_merge'],
    ]
    const events = [...bad.map(([item]) => item), { id: 'good neighbour', input: 1 }]
    const { status, body } = await product.post(`${at}/insert`, { events })
    const named = bad.map(([, field], i) => [i, field])
    expect([status, body.rejected.map((one: Row) => [one.index, one.field])]).toEqual([200, named])
    expect((await fetchAll(100)).map(({ id }) => id)).toContain('good neighbour')
    expect(await refused(`${at}/insert`, { events: bad.map(([item]) => item) })).toEqual(named)
  })

  test('are not inserted, judged or fetched by a request that is wrong, which names the field', async () => {
    expect(await refused(`${at}/insert`, {})).toEqual(['events'])
    expect(await refused(`${at}/insert`, { events: { id: 'a' } })).toEqual(['events'])
    expect(await refused(`${at}/feedback`, {})).toEqual(['feedback'])
    const wrong = [
      { comment: 'without an id' },
      { id: 'r3' },
      { id: 'r3', scores: { right: 'NaN' } },
      { id: 'r3', comment: 7 },
      { id: 'r3', comment: 'x', source: 'nobody' },
      { id: 'r3', comment: 'x', metadata: 'u1' },
    ]
    expect(await refused(`${at}/feedback`, { feedback: wrong })).toEqual([
      ...[
        [0, 'id'],
        [1, ''],
        [2, 'scores.right'],
        [3, 'comment'],
        [4, 'source'],
        [5, 'metadata'],
      ],
    ])
    for (const [field, value] of [
      ['limit', 0],
      ['limit', 1001],
      ['limit', 'many'],
      ['cursor', 'next'],
      ['version', 'first'],
      ['filter', { op: 'literal', value: true }],
      ['max_xact_id', '1'],
    ] as const) {
      expect(await refused(`${at}/fetch`, { [field]: value })).toEqual([field])
      const got = await product.get(`${at}/fetch`, { [field]: JSON.stringify(value) })
      expect([got.status, got.body.error.details[0].field]).toEqual([400, field])
    }
  })

  test('of what is not there, or of what is no id, are not found', async () => {
    for (const id of [crypto.randomUUID(), 'none', "' OR 1=1 --"]) {
      const nowhere = `/v1/${holder}/${encodeURIComponent(id)}`
      for (const [verb, body] of [
        ['insert', { events: [{ id: 'a' }] }],
        ['feedback', { feedback: [{ id: 'a', comment: 'x' }] }],
        ['fetch', {}],
      ] as const) {
        const answer = await product.post(`${nowhere}/${verb}`, body)
        const kind = holder.replace('_logs', '')
        expect([answer.status, answer.body.error.code]).toEqual([404, `${kind}_not_found`])
      }
    }
  })
})

test('projects, datasets and experiments that are asked for wrongly name the fields', async () => {
  const project_id = await project()
  expect(await refused('/v1/project', {})).toEqual(['name'])
  expect(await refused('/v1/project', { name: ' ' })).toEqual(['name'])
  expect(await refused('/v1/dataset', { project_id: 'mine' })).toEqual(['name', 'project_id'])
  expect(await refused('/v1/dataset', { project_id, name: 'd', metadata: [] })).toEqual([
    'metadata',
  ])
  expect(await refused('/v1/experiment', { project_id, ensure_new: 'yes', tags: 't' })).toEqual([
    ...['tags', 'ensure_new'],
  ])
  const nowhere = await product.post('/v1/dataset', { project_id: crypto.randomUUID(), name: 'd' })
  expect([nowhere.status, nowhere.body.error.code]).toEqual([404, 'project_not_found'])
  const list = await product.get('/v1/project', { limit: 'all' })
  expect([list.status, list.body.error.details[0].field]).toEqual([400, 'limit'])
})

const key = { authorization: `Bearer ${API_KEY}` }

/** As it is, without the type that `fetch` gives to text. */
const send = (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${product.url}${path}`, { method: 'POST', headers: { ...key, ...headers }, body })

describe('rows by POST /logs3', () => {
  const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

  test.each([
    ...['', 'application/json', 'application/json; charset=utf-8', 'text/plain;charset=UTF-8'],
    ...['TEXT/PLAIN', 'application/json; charset=iso-8859-1', 'application/octet-stream'],
    ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'],
  ])('are taken whatever type they claim to be: %j', async (type) => {
    const project_name = newProject()
    const body = encoded({ project_name, rows: [{ id: 'a', input: 'naïve ☃' }] })
    const headers = type === '' ? {} : { 'content-type': type }
    for (const answer of [
      await send('/logs3', body, headers),
      await send('/logs3', new Uint8Array(gzipSync(body)), {
        ...headers,
        'content-encoding': 'gzip',
      }),
    ]) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(await answer.json()).toMatchObject({ accepted: { rows: 1 } })
    }
    expect((await product.get('/v1/spans/a', { project_name })).body.input).toBe('naïve ☃')
    expect((await send('/api/apikey/login', new Uint8Array(), headers)).status).toBe(200)
  })

  test('that hold no JSON, no UTF-8 or too much are told apart', async () => {
    for (const [body, status, code] of [
      ['rows', 400, 'invalid_json'],
      ['', 400, 'invalid_json'],
      ['\xff', 400, 'invalid_encoding'],
      [' '.repeat(BODY_BYTES_MAX + 1), 413, 'payload_too_large'],
    ] as const) {
      const answer = await send('/logs3', new Uint8Array(Buffer.from(body, 'latin1')))
      const { error } = (await answer.json()) as { error: { code: string } }
      expect([answer.status, error.code]).toEqual([status, code])
    }
  })

  /** What an official SDK sends of one span and of what a person says of it, each as it comes. */
  const parts = (id: string): Row[] => {
    const now = Date.now()
    const at = (ago: number) => new Date(now - ago).toISOString()
    const ids = { span_id: `s-${id}`, root_span_id: `s-${id}` }
    const change = { id, _is_merge: true, ...ids }
    return [
      { id, ...ids, created: at(9000), input: 'q', metadata: { a: 1 }, metrics: { start: 1 } },
      { ...change, output: 'answer', metadata: { b: 2 }, tags: ['one'] },
      { ...change, metrics: { end: 2 } },
      { id, _is_merge: true, scores: { helpful: 1 }, _audit_source: 'app' },
      { id: `c-${id}`, created: at(1000), origin: { id }, comment: { text: 'thanks' } },
    ]
  }

  test('add up to the same span, whichever of them comes first', async () => {
    const project_name = newProject()
    const all = orders([0, 1, 2, 3, 4])
    expect(all).toHaveLength(120)
    const sending = all.map(async (order, n) => {
      const rows = parts(`${n}`)
      const chosen = order.map((i) => rows[i])
      // One by one, and all in one request.
      const requests = n % 2 === 0 ? chosen.map((row) => [row]) : [chosen]
      for (const sent of requests) {
        const { body } = await product.post('/logs3', { project_name, rows: sent })
        expect(body.rejected).toEqual([])
      }
      const span = (await product.get(`/v1/spans/${n}`, { project_name })).body
      expect([n, span]).toMatchObject([
        n,
        {
          ...{ input: 'q', output: 'answer', metadata: { a: 1, b: 2 }, tags: ['one'] },
          ...{ start: 1, end: 2, scores: [{ name: 'helpful', mean: 1, n: 1 }] },
        },
      ])
    })
    await Promise.all(sending)
    const { feedback } = (await product.get('/v1/feedback', { project_name, limit: '1000' })).body
    expect(feedback.filter((one: Row) => one.comment === 'thanks')).toHaveLength(120)
    expect(feedback.filter((one: Row) => one.status === 'pending')).toEqual([])
  }, 120_000)
})

describe('a page of another origin', () => {
  const origin = { origin: 'https://elsewhere.example' }
  const allowed = ({ headers }: Response) =>
    [...headers.keys()].filter((name) => name.startsWith('access-control-'))

  test('is allowed nothing, so that no key has to be in a browser', async () => {
    for (const path of ['/logs3', '/v1/feedback', '/api/apikey/login', '/attachment/object']) {
      const asks = {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      const preflight = await fetch(`${product.url}${path}`, { method: 'OPTIONS', headers: asks })
      expect([path, preflight.ok, allowed(preflight)]).toEqual([path, false, []])
    }
    const answer = await fetch(`${product.url}/v1/projects`, { headers: { ...key, ...origin } })
    expect([answer.status, allowed(answer)]).toEqual([200, []])
  })

  test('cannot write by the cookie of a browser that is signed in', async () => {
    const project_name = newProject()
    const session = await fetch(`${product.url}/v1/session`, {
      method: 'POST',
      body: JSON.stringify({ api_key: API_KEY }),
    })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    // Of a type that a browser sends anywhere without asking.
    const headers = { ...origin, cookie, 'content-type': 'text/plain' }
    for (const [path, body] of [
      ['/logs3', { project_name, rows: [{ id: 'a' }] }],
      ['/v1/feedback', { project_name, feedback: [{ id: 'a', comment: 'x' }] }],
    ] as const) {
      const sent = { method: 'POST', headers, body: JSON.stringify(body) }
      expect((await fetch(`${product.url}${path}`, sent)).status).toBe(403)
    }
    expect((await product.get('/v1/spans', { project_name })).status).toBe(404)
  })
})

/** Every order of some things. */
function orders<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]]
  return things.flatMap((thing, i) =>
    orders(things.toSpliced(i, 1)).map((others) => [thing, ...others]),
  )
}
