import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_KEY, type Heed, newProject, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

type Row = Record<string, unknown>

const key = { authorization: `Bearer ${API_KEY}` }

/** A dataset of its own for each test. */
async function newDataset(project_name = newProject(), dataset_name = 'questions') {
  const { status, body } = await heed.post('/api/dataset/register', { project_name, dataset_name })
  expect(status).toBe(200)
  return body.dataset.id as string
}

async function write(dataset_id: string, ...rows: Row[]): Promise<string> {
  const { status, body } = await heed.post('/logs3', {
    rows: rows.map((row) => ({ ...row, dataset_id })),
    api_version: 2,
  })
  expect([status, body.rejected]).toEqual([200, []])
  return body.xact_id
}

const treeOf = (id: string, more: Row = {}) => ({
  select: [{ op: 'star' }],
  from: {
    op: 'function',
    name: { op: 'ident', name: ['dataset'] },
    args: [{ op: 'literal', value: id }],
  },
  ...more,
})

async function read(
  id: string,
  more: Row = {},
  version?: string,
  after: string | null = null,
): Promise<Row[]> {
  const all: Row[] = []
  let cursor = after
  do {
    const { status, body } = await heed.post('/btql', {
      query: treeOf(id, { ...more, cursor }),
      version,
    })
    expect([status, body.error]).toEqual([200, undefined])
    all.push(...body.data)
    cursor = body.cursor
  } while (cursor)
  return all
}

const ids = (rows: Row[]) => rows.map((row) => row.id).sort()
const count = async (dataset_id: string) =>
  (await heed.get('/dataset-summary', { dataset_id })).body.total_records

describe('a dataset', () => {
  test('is made once by its name, whoever asks at the same time, and found by its id', async () => {
    const project_name = newProject()
    const made = await Promise.all([1, 2, 3].map(() => newDataset(project_name)))
    expect(new Set(made).size).toBe(1)
    expect(await newDataset(project_name, 'other')).not.toBe(made[0])
    const { body } = await heed.post('/api/self/get_object_info', {
      object_type: 'dataset',
      object_ids: [made[0], crypto.randomUUID()],
    })
    expect(body).toEqual([
      {
        object_id: made[0],
        object_name: 'questions',
        parent_cols: { project: { id: expect.any(String), name: project_name } },
      },
    ])
  })

  test('of the Python SDK says null for what it does not say, and one without a name gets one', async () => {
    const project_name = newProject()
    const nulls = { project_id: null, dataset_name: null, description: null, metadata: null }
    const { body } = await heed.post('/api/dataset/register', { project_name, ...nulls })
    expect(body.dataset.name).toMatch(/^dataset-/)
  })

  test('that is not there refuses its rows by name, and takes their neighbours', async () => {
    const id = await newDataset()
    const { status, body } = await heed.post('/logs3', {
      rows: [
        { id: 'a', dataset_id: crypto.randomUUID(), input: 1 },
        { id: 'b', dataset_id: id, input: 2 },
      ],
    })
    expect([status, body.rejected]).toEqual([
      200,
      [expect.objectContaining({ index: 0, field: 'dataset_id' })],
    ])
    expect(ids(await read(id))).toEqual(['b'])
  })
})

describe('a record', () => {
  test('is inserted, changed, replaced and deleted, and read back as it is', async () => {
    const id = await newDataset()
    await write(
      id,
      { id: 'a', input: { q: 1 }, expected: 'x', tags: ['t'], metadata: { a: { b: 1 }, c: 2 } },
      { id: 'b', input: 2, created: '2026-01-01T00:00:00.000Z' },
    )
    await write(id, {
      id: 'a',
      _is_merge: true,
      tags: ['u'],
      metadata: { a: { d: null }, c: null },
    })
    await write(id, { id: 'gone', input: 3 })
    await write(id, { id: 'gone', created: new Date().toISOString(), _object_delete: true })
    const [a, b] = (await read(id)).sort((x, y) => (String(x.id) < String(y.id) ? -1 : 1))
    expect(a).toMatchObject({
      id: 'a',
      dataset_id: id,
      input: { q: 1 },
      expected: 'x',
      tags: ['t', 'u'],
      metadata: { a: { b: 1, d: null }, c: null },
    })
    expect(b).toMatchObject({
      id: 'b',
      input: 2,
      expected: null,
      created: '2026-01-01T00:00:00.000Z',
    })
    expect(await count(id)).toBe(2)
    await write(id, { id: 'a', input: 'new' })
    expect((await read(id)).find((row) => row.id === 'a')).toMatchObject({
      input: 'new',
      expected: null,
      tags: null,
      metadata: null,
    })
  })

  test('delivered again changes nothing, even after it was changed or deleted', async () => {
    const id = await newDataset()
    const inserts = ['a', 'b'].map((name) => ({
      id: name,
      input: name,
      created: '2026-01-01T00:00:00.000Z',
    }))
    await write(id, ...inserts)
    await write(id, { id: 'a', _is_merge: true, expected: 'changed' })
    await write(id, { id: 'b', created: '2026-01-02T00:00:00.000Z', _object_delete: true })
    await write(id, ...inserts)
    expect(await read(id)).toEqual([
      expect.objectContaining({ id: 'a', input: 'a', expected: 'changed' }),
    ])
    expect(await count(id)).toBe(1)
  })

  test('goes back to what it was when it is changed there and back', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1 })
    for (const input of [2, 3, 2]) await write(id, { id: 'a', _is_merge: true, input })
    expect(await read(id)).toEqual([expect.objectContaining({ input: 2 })])
  })

  test('that was deleted can come again, and a change without a record makes one', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1 })
    await write(id, { id: 'a', _object_delete: true })
    await write(id, { id: 'a', _is_merge: true, expected: 2 })
    expect(await read(id)).toEqual([expect.objectContaining({ input: null, expected: 2 })])
  })

  test('keeps keys such as __proto__ as data', async () => {
    const id = await newDataset()
    const metadata = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')
    await write(id, { id: 'a', input: 1, metadata })
    await write(id, { id: 'a', _is_merge: true, metadata: JSON.parse('{"__proto__": {"y": 2}}') })
    const [row] = await read(id)
    expect(JSON.stringify(row?.metadata)).toBe('{"__proto__":{"x":1,"y":2},"constructor":2}')
    expect(Object.hasOwn(Object.prototype, 'y')).toBe(false)
  })

  test('of an older client means its output as expected', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1, output: 'x' })
    expect(await read(id)).toEqual([expect.objectContaining({ expected: 'x' })])
  })

  test('is commented on without becoming another record', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1 })
    await write(id, { id: 'c', origin: { id: 'a' }, comment: { text: 'hm' }, _audit_source: 'api' })
    expect(ids(await read(id))).toEqual(['a'])
  })
})

describe('reading', () => {
  test('pages by key: every record once, newest first, while others arrive', async () => {
    const id = await newDataset()
    const newest = (n: number) => Array.from({ length: n }, (_, i) => `r${56 - i}`)
    const rows = Array.from({ length: 57 }, (_, i) => ({ id: `r${i}`, input: i }))
    await write(id, ...rows)
    const first = await heed.post('/btql', { query: treeOf(id, { limit: 10 }) })
    await write(id, { id: 'late', input: 0 })
    const rest = await read(id, { limit: 10 }, undefined, first.body.cursor)
    expect(first.body.data.map((row: Row) => row.id)).toEqual(newest(10))
    expect(ids([...first.body.data, ...rest])).toEqual(ids(rows))
    expect(ids(await read(id, { limit: 10 }))).toEqual(ids([...rows, { id: 'late' }]))
  })

  test('a transaction id has a fixed width and grows with every write', async () => {
    const id = await newDataset()
    const xacts = []
    for (const n of [1, 2, 3]) xacts.push(await write(id, { id: `r${n}`, input: n }))
    const now = await (await heed.app.request('/xact-id', { headers: key })).text()
    expect([...xacts, now]).toEqual([...xacts, now].toSorted())
    for (const xact of [...xacts, now]) expect(xact).toMatch(/^\d{19}$/)
    expect((await read(id)).map((row) => row._xact_id)).toEqual(xacts.toReversed())
  })

  test('at a version answers what was there then, whatever came since', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1 }, { id: 'b', input: 2 })
    const version = await (await heed.app.request('/xact-id', { headers: key })).text()
    const then = await read(id)
    await write(id, { id: 'a', _is_merge: true, input: 9 }, { id: 'b', _object_delete: true })
    await write(id, { id: 'c', input: 3 })
    expect(await read(id, {}, version)).toEqual(then)
    expect(ids(await read(id))).toEqual(['a', 'c'])
    const { body } = await heed.post('/btql', { query: treeOf(id), version: 'newest' })
    expect(body.error.details).toEqual([
      { field: 'version', message: 'must be a transaction id: decimal digits' },
    ])
  })

  test('the greatest transaction id of the records is the version, also after a deletion', async () => {
    const id = await newDataset()
    for (const name of ['a', 'b', 'c', 'd']) await write(id, { id: name, input: name })
    await write(id, { id: 'b', _object_delete: true })
    const now = await read(id, { limit: 2 })
    const version = now
      .map((row) => String(row._xact_id))
      .toSorted()
      .at(-1)
    expect(ids(now)).toEqual(['a', 'c', 'd'])
    await write(id, { id: 'a', input: 'changed' }, { id: 'e', input: 'new' })
    expect(await read(id, { limit: 2 }, version)).toEqual(now)
  })

  test('an unknown dataset is told', async () => {
    const { status, body } = await heed.post('/btql', { query: treeOf(crypto.randomUUID()) })
    expect([status, body.error.code]).toEqual([404, 'dataset_not_found'])
  })
})

describe('snapshots', () => {
  test('name a version, are found by name, renamed and deleted', async () => {
    const dataset_id = await newDataset()
    const register = (dataset_snapshot_name: string, xact_id: string, update?: boolean) =>
      heed.post('/api/dataset_snapshot/register', {
        dataset_id,
        dataset_snapshot_name,
        xact_id,
        update,
      })
    const get = async (more: Row = {}) =>
      (await heed.post('/api/dataset_snapshot/get', { dataset_id, ...more })).body
    const one = (await register('v1', '1000198260690255875')).body.dataset_snapshot
    expect(one).toMatchObject({ dataset_id, name: 'v1', xact_id: '1000198260690255875' })
    expect((await register('v1', '1000198260690255876')).status).toBe(409)
    const moved = (await register('v1', '1000198260690255877', true)).body.dataset_snapshot
    expect(moved).toMatchObject({ id: one.id, xact_id: '1000198260690255877' })
    await register('v2', '1000198260690255878')
    expect(await get({ name: 'v1' })).toEqual([moved])
    expect(await get({ xact_id: '1000198260690255878' })).toHaveLength(1)
    const patch = (name: string) =>
      heed.post('/api/dataset_snapshot/patch_id', { id: one.id, name })
    expect((await patch('v2')).status).toBe(409)
    expect((await patch('first')).body).toMatchObject({ id: one.id, name: 'first' })
    await heed.post('/api/dataset_snapshot/delete_id', { id: one.id })
    expect((await get()).map((each: Row) => each.name)).toEqual(['v2'])
    expect((await patch('again')).status).toBe(404)
  })

  test('have one name each and keep every change, whoever asks at the same time', async () => {
    const dataset_id = await newDataset()
    const xact_id = await write(dataset_id, { id: 'a', input: 1 })
    const later = await write(dataset_id, { id: 'a', input: 2 })
    const named = { dataset_id, dataset_snapshot_name: 'v1' }
    const answers = await Promise.all(
      [xact_id, later].map((version) =>
        heed.post('/api/dataset_snapshot/register', { ...named, xact_id: version }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const listed = async () => (await heed.post('/api/dataset_snapshot/get', { dataset_id })).body
    const [{ id }] = await listed()
    await Promise.all([
      heed.post('/api/dataset_snapshot/patch_id', { id, name: 'v2' }),
      heed.post('/api/dataset_snapshot/patch_id', { id, description: 'good' }),
    ])
    expect(await listed()).toMatchObject([{ id, name: 'v2', description: 'good' }])
    await Promise.all([
      heed.post('/api/dataset_snapshot/delete_id', { id }),
      heed.post('/api/dataset_snapshot/patch_id', { id, description: 'late' }),
    ])
    expect(await listed()).toEqual([])
  })

  test('a dataset goes back to a version, after a look at what that would change', async () => {
    const id = await newDataset()
    await write(id, { id: 'a', input: 1 }, { id: 'b', input: 2 }, { id: 'same', input: 0 })
    const version = await (await heed.app.request('/xact-id', { headers: key })).text()
    const then = await read(id)
    await write(id, { id: 'a', _is_merge: true, input: 9 }, { id: 'b', _object_delete: true })
    await write(id, { id: 'c', input: 3 }, { id: 'same', _is_merge: true, input: 0 })
    const restore = (path: string) => heed.post(`/v1/dataset/${id}/${path}`, { version })
    expect((await restore('restore/preview')).body).toEqual({
      rows_to_restore: 2,
      rows_to_delete: 1,
    })
    expect(ids(await read(id))).toEqual(['a', 'c', 'same'])
    expect((await restore('restore')).body).toMatchObject({ rows_restored: 2, rows_deleted: 1 })
    const plain = ({ id: name, input }: Row) => ({ name, input })
    expect((await read(id)).map(plain).sort(byName)).toEqual(then.map(plain).sort(byName))
    expect((await restore('restore')).body).toEqual({
      xact_id: null,
      rows_restored: 0,
      rows_deleted: 0,
    })
  })
})

const byName = (a: { name: unknown }, b: { name: unknown }) =>
  String(a.name) < String(b.name) ? -1 : 1
