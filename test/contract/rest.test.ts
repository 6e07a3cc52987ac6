import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_KEY, type Heed, newProject, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

type Row = Record<string, unknown>

const project = async (name = newProject()) => (await heed.post('/v1/project', { name })).body
const dataset = async (name = 'questions') =>
  (await heed.post('/v1/dataset', { project_id: (await project()).id, name })).body
const experiment = async (more: Row = {}) =>
  (await heed.post('/v1/experiment', { project_id: (await project()).id, ...more })).body

/** Each of the things that hold rows, made anew. */
const HOLDERS: [path: string, make: () => Promise<{ id: string }>][] = [
  ['project_logs', () => project()],
  ['dataset', () => dataset()],
  ['experiment', () => experiment()],
]

describe.each(HOLDERS)('the events of %s', (path, make) => {
  test('whose text is not UTF-8 are refused one by one', async () => {
    const { id } = await make()
    const broken = (text: string) =>
      Uint8Array.from(Buffer.from(text.replace('?', '\u00ff'), 'latin1'))
    const rows = broken('{"events":[{"id":"a","input":"?"},{"id":"b","input":"whole"}]}')
    const inserted = await heed.post(`/v1/${path}/${id}/insert`, rows)
    expect([inserted.status, inserted.body.rejected]).toMatchObject([
      200,
      [{ list: 'rows', index: 0, id: 'a', field: 'input' }],
    ])
    const said = broken('{"feedback":[{"id":"b","comment":"?"},{"id":"b","comment":"whole"}]}')
    const judged = await heed.post(`/v1/${path}/${id}/feedback`, said)
    expect([judged.status, judged.body.rejected]).toMatchObject([
      200,
      [{ list: 'feedback', index: 0, id: 'b', field: 'comment' }],
    ])
  })

  test('are inserted, with ids where they have none, and fetched page by page', async () => {
    const { id } = await make()
    const events = Array.from({ length: 5 }, (_, n) => ({ id: `row-${n}`, input: n }))
    const { status, body } = await heed.post(`/v1/${path}/${id}/insert`, {
      events: [...events, { input: 'without' }],
    })
    expect([status, body.rejected]).toEqual([200, []])
    expect(body.row_ids.slice(0, 5)).toEqual(events.map((event) => event.id))
    expect(body.row_ids[5]).toMatch(/^[0-9a-f-]{36}$/)
    const inputs: unknown[] = []
    let cursor: string | null = null
    do {
      const page = await heed.post(`/v1/${path}/${id}/fetch`, { limit: 4, cursor })
      inputs.push(...page.body.events.map((event: Row) => event.input))
      cursor = page.body.cursor
    } while (cursor)
    expect(inputs.map(String).sort()).toEqual(['0', '1', '2', '3', '4', 'without'])
    const got = await heed.get(`/v1/${path}/${id}/fetch`, { limit: '2' })
    expect(got.body.events).toHaveLength(2)
  })

  test('lie where the address says, whatever container they were fetched from', async () => {
    const { id } = await make()
    const [logs, set, run] = [await project(), await dataset(), await experiment()]
    const fetchedKeys = {
      project_id: logs.id,
      project_name: logs.name,
      log_id: 'g',
      dataset_id: set.id,
      experiment_id: run.id,
    }
    const { status, body } = await heed.post(`/v1/${path}/${id}/insert`, {
      events: [{ id: 'a', input: 1, ...fetchedKeys }],
    })
    expect([status, body.rejected]).toEqual([200, []])
    const rows = (await heed.get(`/v1/${path}/${id}/fetch`)).body.events
    expect(rows).toMatchObject([{ id: 'a', input: 1 }])
    for (const [other, { id: at }] of [
      ['project_logs', logs],
      ['dataset', set],
      ['experiment', run],
    ]) {
      expect((await heed.get(`/v1/${other}/${at}/fetch`)).body.events).toEqual([])
    }
    const strangers = [logs.id, logs.name, set.id, run.id]
    expect(Object.values(rows[0]).filter((value) => strangers.includes(value))).toEqual([])
  })

  test('that are wrong are named, and their neighbours stored', async () => {
    const { id } = await make()
    const { body } = await heed.post(`/v1/${path}/${id}/insert`, {
      events: [{ id: 'good', input: 1 }, 'bad', { id: 'worse', tags: 3 }],
    })
    expect(body.rejected.map((one: Row) => [one.index, one.field])).toEqual([
      [1, ''],
      [2, 'tags'],
    ])
    const { body: fetched } = await heed.post(`/v1/${path}/${id}/fetch`, {})
    expect(fetched.events.map((event: Row) => event.id)).toEqual(['good'])
  })

  test('are given feedback', async () => {
    const { id } = await make()
    await heed.post(`/v1/${path}/${id}/insert`, { events: [{ id: 'a', input: 1 }] })
    const { status, body } = await heed.post(`/v1/${path}/${id}/feedback`, {
      feedback: [{ id: 'a', comment: 'hm', tags: ['t'], metadata: { user_id: 'u1' } }],
    })
    expect([status, body]).toEqual([200, { status: 'success', rejected: [] }])
    const { body: fetched } = await heed.post(`/v1/${path}/${id}/fetch`, {})
    expect(fetched.events).toHaveLength(1)
    if (path === 'dataset') return
    expect(fetched.events[0]).toMatchObject({
      tags: ['t'],
      comments: [{ user: 'u1', comment: { text: 'hm' } }],
    })
  })

  test('are not fetched where the question is not understood', async () => {
    const { id } = await make()
    for (const [field, value] of [
      ['max_xact_id', '1000198260690255875'],
      ['max_root_span_id', 'a'],
      ['filters', 'none'],
    ] as const) {
      const posted = await heed.post(`/v1/${path}/${id}/fetch`, { limit: 100, [field]: value })
      const got = await heed.get(`/v1/${path}/${id}/fetch`, { [field]: value })
      for (const { status, body } of [posted, got]) {
        expect([status, body.error.details.map((one: Row) => one.field)]).toEqual([400, [field]])
        expect(body.error.details[0].message).toMatch(/is not supported/)
      }
    }
    const unasked = { limit: null, cursor: null, max_xact_id: null, max_root_span_id: null }
    expect((await heed.post(`/v1/${path}/${id}/fetch`, unasked)).status).toBe(200)
  })

  test('of what is not there are refused', async () => {
    for (const [verb, asked] of [
      ['insert', { events: [{ id: 'a' }] }],
      ['feedback', { feedback: [{ id: 'a', comment: 'x' }] }],
      ['fetch', {}],
    ] as const) {
      const { status } = await heed.post(`/v1/${path}/${crypto.randomUUID()}/${verb}`, asked)
      expect([verb, status]).toEqual([verb, 404])
    }
  })
})

describe('objects', () => {
  test('with a name that is taken are answered as they were', async () => {
    const { name } = await project()
    const again = await project(name)
    expect((await project(name)).id).toBe(again.id)
    const make = (description: string) =>
      heed.post('/v1/dataset', { project_id: again.id, name: 'd', description })
    const [first, second] = [(await make('one')).body, (await make('two')).body]
    expect(second).toEqual(first)
    const run = (ensure_new: boolean) =>
      heed.post('/v1/experiment', { project_id: again.id, name: 'e', ensure_new })
    const before = (await run(true)).body
    expect((await run(false)).body.id).toBe(before.id)
    expect((await run(true)).body.id).not.toBe(before.id)
  })

  test('are listed by project and by name, and found by id', async () => {
    const made = await experiment({ name: 'one' })
    const project_id = made.project_id
    await heed.post('/v1/experiment', { project_id, name: 'two' })
    const of = async (query: Record<string, string>) =>
      (await heed.get('/v1/experiment', query)).body.objects.map((one: Row) => one.name)
    expect(await of({ project_id })).toEqual(['two', 'one'])
    expect(await of({ project_id, experiment_name: 'one' })).toEqual(['one'])
    expect(await of({ project_name: 'nowhere' })).toEqual([])
    expect((await heed.get(`/v1/experiment/${made.id}`)).body).toEqual(made)
    const { body } = await heed.get('/v1/project', { project_name: newProject() })
    expect(body).toEqual({ objects: [] })
    expect((await heed.get(`/v1/project/${project_id}`)).body.id).toBe(project_id)
  })

  test('are summarised, a dataset by its count, an experiment against its base', async () => {
    const { id } = await dataset()
    await heed.post(`/v1/dataset/${id}/insert`, { events: [{ input: 1 }, { input: 2 }] })
    const summary = await heed.get(`/v1/dataset/${id}/summarize`, { summarize_data: 'True' })
    expect(summary.body).toMatchObject({
      dataset_name: 'questions',
      dataset_url: expect.stringMatching(/\/app\/default\/p\/.+\/datasets\/questions$/),
      data_summary: { total_records: 2 },
    })
    const base = await experiment({ name: 'base' })
    const now = (await heed.post('/v1/experiment', { project_id: base.project_id })).body
    for (const [at, score] of [
      [base.id, 0],
      [now.id, 1],
    ]) {
      await heed.post(`/v1/experiment/${at}/insert`, {
        events: [
          { id: `${at}`, span_id: 's', root_span_id: 's', input: 'q', scores: { right: score } },
        ],
      })
    }
    const { body } = await heed.get(`/v1/experiment/${now.id}/summarize`, {
      summarize_scores: 'true',
    })
    expect(body).toMatchObject({
      comparison_experiment_name: 'base',
      scores: { right: { score: 1, diff: 1, improvements: 1, regressions: 0 } },
    })
  })

  test('a dataset fetched by version is what it was then', async () => {
    const { id } = await dataset()
    await heed.post(`/v1/dataset/${id}/insert`, { events: [{ id: 'a', input: 1 }] })
    const headers = { authorization: `Bearer ${API_KEY}` }
    const version = await (await heed.app.request('/xact-id', { headers })).text()
    await heed.post(`/v1/dataset/${id}/insert`, { events: [{ id: 'a', input: 2 }] })
    const { body } = await heed.post(`/v1/dataset/${id}/fetch`, { version })
    expect(body.events).toMatchObject([{ input: 1 }])
    const logs = await heed.post(`/v1/project_logs/${(await project()).id}/fetch`, { version })
    expect(logs.body.error.details[0].field).toBe('version')
  })
})
