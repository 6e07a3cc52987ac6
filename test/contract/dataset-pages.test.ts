import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DatasetPage, DatasetRecordPage } from '../../src/wire/datasets.ts'
import { API_KEY, type Heed, newProject, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

async function register(project_name: string, dataset_name: string) {
  const { body } = await heed.post('/api/dataset/register', { project_name, dataset_name })
  return body.dataset as { id: string; project_id: string }
}

const write = (dataset_id: string, ...rows: object[]) =>
  heed.post('/logs3', { rows: rows.map((row) => ({ ...row, dataset_id })) })

async function page(query: Record<string, string>) {
  const { status, body } = await heed.get('/v1/datasets', query)
  expect(status).toBe(200)
  return DatasetPage.parse(body)
}

test('datasets are listed newest first and page by page, with records counted and snapshots', async () => {
  const project_name = newProject()
  const made = []
  for (const name of ['one', 'two', 'three']) {
    made.push(await register(project_name, name))
    // The order is that of their making, in whole milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const [one] = made
  await write(one?.id ?? '', { id: 'a', input: 1 }, { id: 'b', input: 2 })
  await write(one?.id ?? '', { id: 'b', _object_delete: true })
  const xact_id = await heed.app.request('/xact-id', {
    headers: { authorization: `Bearer ${API_KEY}` },
  })
  await heed.post('/api/dataset_snapshot/register', {
    dataset_id: one?.id,
    dataset_snapshot_name: 'kept',
    xact_id: await xact_id.text(),
  })

  const first = await page({ project_name, limit: '2' })
  expect(first.datasets.map(({ name }) => name)).toEqual(['three', 'two'])
  const second = await page({ project_name, limit: '2', cursor: first.cursor ?? '' })
  expect(second).toMatchObject({
    datasets: [{ name: 'one', record_count: 1, snapshots: [{ name: 'kept' }] }],
    cursor: null,
  })
  expect(await page({ project_name, name: 'two' })).toMatchObject({
    datasets: [{ name: 'two', record_count: 0, snapshots: [] }],
  })
  expect((await page({ project_name, name: 'four' })).datasets).toEqual([])
  const { status, body } = await heed.get('/v1/datasets', { project_name, cursor: 'x' })
  expect([status, body.error.code]).toEqual([400, 'invalid_request'])
})

test('records of every form have the shape that the dashboard reads', async () => {
  const { id } = await register(newProject(), 'forms')
  await write(
    id,
    { id: 'nothing' },
    { id: 'all', input: [1], expected: { a: null }, metadata: { k: 1 }, tags: ['t'] },
    { id: 'old form', input: 'x', output: 'y' },
  )
  const { body } = await heed.get(`/v1/dataset/${id}/fetch`)
  const { events } = DatasetRecordPage.parse(body)
  expect(
    events.map(({ created, origin, ...row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1)),
  ).toEqual([
    { id: 'all', input: [1], expected: { a: null }, metadata: { k: 1 }, tags: ['t'] },
    { id: 'nothing', input: null, expected: null, metadata: null, tags: null },
    { id: 'old form', input: 'x', expected: 'y', metadata: null, tags: null },
  ])
})

test('a dataset that is new, and whatever is written to one, is told to those who watch', async () => {
  const project_name = newProject()
  const { id: project_id } = (await heed.post('/v1/project', { name: project_name })).body
  const heard: string[][] = []
  const stop = heed.live.watch(project_id, undefined, {
    deliver: ({ change: { datasets } }) => {
      if (datasets.length > 0) heard.push(datasets)
    },
    end: () => {},
  })
  const { id } = await register(project_name, 'watched')
  await vi.waitFor(() => expect(heard).toEqual([[id]]))
  for (const row of [{ input: 1 }, { input: 2, _is_merge: true }, { _object_delete: true }]) {
    heard.length = 0
    await write(id, { id: 'r', ...row })
    await vi.waitFor(() => expect(heard).toEqual([[id]]))
  }
  const named = { dataset_id: id, dataset_snapshot_name: 'kept', xact_id: '1' }
  let snapshotId = ''
  for (const change of [
    async () => {
      const { body } = await heed.post('/api/dataset_snapshot/register', named)
      snapshotId = body.dataset_snapshot.id
    },
    () => heed.post('/api/dataset_snapshot/patch_id', { id: snapshotId, name: 'renamed' }),
    () => heed.post('/api/dataset_snapshot/delete_id', { id: snapshotId }),
  ]) {
    heard.length = 0
    await change()
    await vi.waitFor(() => expect(heard).toEqual([[id]]))
  }
  stop()
})

test('datasets made in one moment stand on one page each, and a cursor of another list is refused', async () => {
  const project_name = newProject()
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  vi.useFakeTimers({ toFake: ['Date'] })
  const made = await Promise.all(names.map((name) => register(project_name, name)))
  vi.useRealTimers()
  const seen: string[] = []
  let cursor: string | null = ''
  for (; cursor !== null; ) {
    const one = await page({ project_name, limit: '1', ...(cursor && { cursor }) })
    seen.push(...one.datasets.map(({ id }) => id))
    cursor = one.cursor
  }
  expect(seen).toEqual(
    made
      .map(({ id }) => id)
      .sort()
      .reverse(),
  )
  const elsewhere = (await page({ project_name, limit: '1' })).cursor ?? ''
  const other = newProject()
  await register(other, 'a')
  const { status, body } = await heed.get('/v1/datasets', {
    project_name: other,
    cursor: elsewhere,
  })
  expect([status, body.error.details]).toEqual([
    400,
    [{ field: 'cursor', message: 'must be a cursor that a page gave' }],
  ])
})
