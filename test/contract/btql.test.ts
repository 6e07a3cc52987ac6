import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

type Row = Record<string, unknown>

async function newLogs(...rows: Row[]): Promise<string> {
  const project_name = newProject()
  const { body } = await heed.post('/logs3', { project_name, rows })
  expect(body.rejected).toEqual([])
  const { body: all } = await heed.get('/v1/projects')
  return all.projects.find((one: Row) => one.name === project_name).id
}

const from = (source: string, id: string) => ({
  op: 'function',
  name: { op: 'ident', name: [source] },
  args: [{ op: 'literal', value: id }],
})
const ask = (query: Row, more: Row = {}) =>
  heed.post('/btql', { query: { select: [{ op: 'star' }], ...query }, ...more })
const ident = (...name: string[]) => ({ op: 'ident', name })
const eq = (name: string[], value: unknown) => ({
  op: 'eq',
  left: ident(...name),
  right: { op: 'literal', value },
})

async function readAll(id: string, query: Row = {}): Promise<Row[]> {
  const all: Row[] = []
  let cursor: string | null = null
  do {
    const { body } = await ask({ from: from('project_logs', id), ...query, cursor })
    expect(body.error).toBeUndefined()
    all.push(...body.data)
    cursor = body.cursor
  } while (cursor)
  return all
}

/** A span as an official SDK sends it. */
const span = (n: number, more: Row = {}) => ({
  id: `row-${n}`,
  span_id: `span-${n}`,
  root_span_id: `root-${n % 3}`,
  created: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
  span_parents: n < 3 ? null : [`span-${n % 3}`],
  ...more,
})

describe('logs', () => {
  test('are read whole, newest first, every row once', async () => {
    const rows: Row[] = Array.from({ length: 25 }, (_, n) => span(n, { input: n, custom: { n } }))
    const id = await newLogs(...rows)
    const read = await readAll(id, { limit: 10 })
    expect(read.map((row) => row.input)).toEqual(rows.map((row) => row.input).reverse())
    expect(read.at(-1)).toMatchObject({
      id: 'row-0',
      project_id: id,
      log_id: 'g',
      is_root: true,
      span_parents: null,
      root_span_id: 'root-0',
      custom: { n: 0 },
      _xact_id: expect.stringMatching(/^\d{19}$/),
    })
    expect(read[0]).toMatchObject({ is_root: false, span_parents: ['span-0'] })
  })

  test('are filtered by any path, as the SDKs ask for the spans of a trace', async () => {
    const id = await newLogs(
      span(0, { span_attributes: { name: 'eval' } }),
      span(3, { span_attributes: { type: 'llm', name: 'call' }, metrics: { start: 1, end: 3 } }),
      span(6, { span_attributes: { type: 'score', purpose: 'scorer' } }),
      span(1, { span_attributes: { type: 'llm' } }),
    )
    const purpose = ident('span_attributes', 'purpose')
    const filter = {
      op: 'and',
      children: [
        eq(['root_span_id'], 'root-0'),
        {
          op: 'or',
          children: [
            { op: 'isnull', expr: purpose },
            { op: 'ne', left: purpose, right: { op: 'literal', value: 'scorer' } },
          ],
        },
      ],
    }
    const of = async (more: Row) => (await readAll(id, more)).map((row) => row.id).sort()
    expect(await of({ filter })).toEqual(['row-0', 'row-3'])
    expect(await of({ filter: eq(['span_attributes', 'type'], 'llm'), limit: 1 })).toEqual([
      'row-1',
      'row-3',
    ])
    expect(await of({ filter: eq(['id'], 'row-6') })).toEqual(['row-6'])
  })

  test('hold what people said: votes as means, the newest correction, tags and comments', async () => {
    const id = await newLogs(
      span(0, { scores: { own: 0.5, helpful: 0 }, expected: 'a', tags: ['x'] }),
    )
    const vote = (user: string, more: Row) => ({ id: 'row-0', user, ...more })
    await heed.post('/v1/feedback', {
      project_id: id,
      feedback: [
        vote('u1', { scores: { helpful: 1 }, tags: ['y'] }),
        vote('u2', { scores: { helpful: 0.5 }, expected: 'b', comment: 'hm' }),
      ],
    })
    expect(await readAll(id)).toMatchObject([
      {
        scores: { own: 0.5, helpful: 0.75 },
        expected: 'b',
        tags: ['x', 'y'],
        comments: [{ user: 'u2', comment: { text: 'hm' } }],
      },
    ])
  })

  test('of Heed ids are found by their trace', async () => {
    const traceId = newTraceId()
    const id = await newLogs({ id: rowId(traceId, 1), input: 'hi' }, { id: rowId(newTraceId(), 1) })
    expect(await readAll(id, { filter: eq(['root_span_id'], traceId) })).toMatchObject([
      { id: rowId(traceId, 1), root_span_id: traceId, input: 'hi' },
    ])
  })

  test('of a deleted row are gone, of a changed one are as it is now', async () => {
    const id = await newLogs(span(0), span(1, { output: 1 }))
    await heed.post('/logs3', {
      rows: [
        { id: 'row-0', project_id: id, log_id: 'g', _object_delete: true },
        { id: 'row-1', project_id: id, log_id: 'g', _is_merge: true, output: 2 },
      ],
    })
    expect(await readAll(id)).toMatchObject([{ id: 'row-1', output: 2 }])
  })
})

test('flags of the SDKs that say how to read change nothing', async () => {
  const id = await newLogs(span(0))
  const flags = {
    use_columnstore: false,
    use_brainstore: true,
    brainstore_realtime: true,
    query_source: 'js_sdk_object_fetcher_project_logs',
  }
  const { status, body } = await ask({ from: from('project_logs', id) }, flags)
  expect([status, body.data.length]).toEqual([200, 1])
})

describe('what is not understood is refused with its place', () => {
  const id = crypto.randomUUID()
  const logs = from('project_logs', id)
  test.each<[string, string, Row]>([
    ['text', 'query', { query: 'select: * from: project_logs("x")' }],
    ['no star', 'query.select.0.op', { query: { select: [ident('id')], from: logs } }],
    [
      'another source',
      'query.from.name.name.0',
      { query: { select: [{ op: 'star' }], from: from('project_prompts', id) } },
    ],
    [
      'an id that is none',
      'query.from.args.0.value',
      { query: { select: [{ op: 'star' }], from: from('dataset', "x') OR 1") } },
    ],
    [
      'groups',
      'query.dimensions',
      { query: { select: [{ op: 'star' }], from: logs, dimensions: [] } },
    ],
    [
      'an operator',
      'query.filter.op',
      { query: { select: [{ op: 'star' }], from: logs, filter: { op: 'sql', text: '1' } } },
    ],
    [
      'oldest first',
      'query.sort.0.dir',
      {
        query: {
          select: [{ op: 'star' }],
          from: logs,
          sort: [{ expr: ident('created'), dir: 'asc' }],
        },
      },
    ],
    [
      'a star that is no whole row',
      'query.select.0.replace',
      { query: { select: [{ op: 'star', replace: { input: ident('id') } }], from: logs } },
    ],
    [
      'what it does not know beside the query',
      'filter',
      { query: { select: [{ op: 'star' }], from: logs }, filter: eq(['id'], 'a') },
    ],
    ['another format', 'fmt', { query: { select: [{ op: 'star' }], from: logs }, fmt: 'parquet' }],
    [
      'the audit log',
      'audit_log',
      { query: { select: [{ op: 'star' }], from: logs }, audit_log: true },
    ],
  ])('%s', async (_, field, body) => {
    const answer = await heed.post('/btql', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error.details.map((one: Row) => one.field)).toContain(field)
  })

  test('a filter nested beyond all measure, a wrong cursor, a version of logs', async () => {
    const project = await newLogs(span(0))
    const from_ = from('project_logs', project)
    const query = { select: [{ op: 'star' }], from: from_, filter: 'DEEP' }
    const deep = `${'{"op":"not","expr":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const tooDeep = await heed.post('/btql', JSON.stringify({ query }).replace('"DEEP"', deep))
    expect(tooDeep.body.error.details[0].message).toMatch(/nest deeper/)
    const wrong = await ask({ from: from_, cursor: 'next' })
    expect(wrong.body.error.details[0].field).toBe('cursor')
    const versioned = await ask({ from: from_ }, { version: '1000198260690255875' })
    expect(versioned.body.error.details[0].field).toBe('version')
  })
})

test('a filter that takes long to decide holds up nobody else', async () => {
  const id = await newLogs(...Array.from({ length: 60 }, (_, n) => span(n, { input: { n } })))
  const value = [...Array.from({ length: 50_000 }, () => ({})), { n: 7 }]
  const filter = { op: 'in', left: ident('input'), right: { op: 'literal', value } }
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const begun = performance.now()
  delay.enable()
  const found = await readAll(id, { filter })
  delay.disable()
  const tookMs = performance.now() - begun
  expect(found.map((row) => row.id)).toEqual(['row-7'])
  expect(delay.max / 1e6).toBeLessThan(tookMs / 3)
})

test('a page of large rows is short, and the next one goes on', async () => {
  const big = 'x'.repeat(200_000)
  const project_name = newProject()
  for (let n = 0; n < 100; n++) {
    await heed.post('/logs3', { project_name, rows: [span(n, { input: `${n}${big}` })] })
  }
  const { body: all } = await heed.get('/v1/projects')
  const { id } = all.projects.find((one: Row) => one.name === project_name)
  const { body } = await ask({ from: from('project_logs', id) })
  expect(body.data.length).toBeGreaterThan(70)
  expect(body.data.length).toBeLessThan(90)
  const rest = await ask({ from: from('project_logs', id), cursor: body.cursor })
  expect(body.data.length + rest.body.data.length).toBe(100)
})
