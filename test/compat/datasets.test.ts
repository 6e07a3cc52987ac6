import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

describe.each(SDKS)('datasets of $name', (sdk) => {
  const project = newProject()
  let printed: Awaited<ReturnType<typeof runProgram>>
  beforeAll(async () => {
    printed = await runProgram(sdk, 'datasets', product.url, { COMPAT_PROJECT: project })
  }, 120_000)

  const before = [
    {
      id: 'a',
      input: { q: 1 },
      expected: 'x',
      tags: ['t'],
      metadata: { a: { b: 1, c: null } },
    },
    { id: 'b', input: 'two', expected: '2', tags: null, metadata: null },
  ]
  const many = Array.from({ length: 25 }, (_, i) => `n${i + 10}`)

  test('records are inserted, changed and deleted, and read back as they are', () => {
    expect(
      printed.before.map((row: { metadata: object | null }) => ({
        ...row,
        metadata: Object.keys(row.metadata ?? {}).length ? row.metadata : null,
      })),
    ).toEqual(before)
  })

  test('a dataset says its id, its name, its project and what it was registered with', async () => {
    const { body } = await product.get(`/v1/dataset/${printed.id}`)
    expect(body).toMatchObject({ name: 'questions', description: 'What people ask' })
    expect(printed).toMatchObject({ name: 'questions', project, closed: body.id })
    if (sdk.language === 'typescript') return
    expect(printed.description).toBe('What people ask')
    expect(printed.fetched).toEqual(['a', 'b'])
  })

  test('reading pages, and the summary counts', () => {
    expect(printed.ids).toEqual(['a', ...many])
    expect(printed.total).toBe(26)
    expect(printed.url).toContain('/app/default/p/')
  })

  test('a version is what was there then, deletions counted', () => {
    expect(String(printed.version)).toMatch(/^\d{19}$/)
    expect(printed.pinned).toEqual(printed.before)
  })

  test('an attachment comes back', () => {
    expect(printed.file).toBe('hello')
    expect(printed.status).toEqual({ upload_status: 'done' })
    if (sdk.language === 'typescript')
      expect(printed.inline).toBe('data:text/plain;base64,aGVsbG8=')
  })

  test('JSON given as an attachment comes back', () => {
    expect(printed.json).toEqual({ turns: [1, 'zwei'] })
  })

  test('an external attachment stays where it is, and the client is told where that is', () => {
    expect(printed.elsewhere).toEqual({
      type: 'external_attachment',
      url: 's3://bucket/a b.png',
      filename: 'b.png',
      content_type: 'image/png',
      downloadUrl: 'https://s3.amazonaws.com/bucket/a%20b.png',
      status: { upload_status: 'done' },
    })
  })

  test.runIf(sdk.name === 'npm 3.35.0')('a snapshot is read, and gone back to', () => {
    expect(printed.snapshot).toEqual(['a', ...many])
    expect(printed.preview).toEqual({ rows_to_restore: 1, rows_to_delete: 1 })
    expect(printed.restored).toEqual({ rows_restored: 1, rows_deleted: 1 })
    expect(printed.after).toEqual(['a', ...many])
  })
  test.runIf(sdk.name === 'npm 3.35.0')('snapshots are listed, found, renamed and deleted', () => {
    const { both, byName, byVersion, renamed, left } = printed.snapshots
    expect(both).toEqual(['first', 'second'])
    expect(byName).toMatchObject({ name: 'second', description: 'soon renamed' })
    expect(byVersion).toEqual(byName)
    expect(renamed).toEqual({ ...byName, name: 'renamed', description: null })
    expect(left).toEqual(['first'])
  })

  test.runIf(sdk.name === 'npm 3.35.0')('a dataset names itself for an evaluation', () => {
    const { pinned, named } = printed.evalData
    expect(pinned).toEqual({ dataset_id: printed.id, dataset_version: expect.any(String) })
    expect(named).toEqual({ dataset_id: printed.id, dataset_snapshot_name: 'first' })
  })
})

describe.each(SDKS)('datasets of $name by their ids', (sdk) => {
  const project = newProject()
  const isNew = ['npm 3.35.0', 'PyPI 0.48.1'].includes(sdk.name)
  const ids = { project: '', dataset: '' }
  let printed: Awaited<ReturnType<typeof runProgram>>
  const origin = (id: string) => ({ object_type: 'project_logs', object_id: ids.project, id })

  beforeAll(async () => {
    ids.project = (await product.post('/v1/project', { name: project })).body.id
    const made = await product.post('/v1/dataset', { project_id: ids.project, name: 'by ids' })
    ids.dataset = made.body.id
    await product.post(`/v1/dataset/${ids.dataset}/insert`, {
      events: [{ id: 'by hand', input: 1, origin: origin('another row') }],
    })
    printed = await runProgram(sdk, 'dataset-ids', product.url, {
      COMPAT_PROJECT_ID: ids.project,
      COMPAT_DATASET_ID: ids.dataset,
    })
  }, 120_000)

  test('the id of a project is as good as its name, and that of a dataset as both', () => {
    const told = { id: ids.dataset, name: 'by ids', project }
    expect(printed.byProject).toMatchObject(told)
    if (!isNew) return
    expect(printed.byId).toMatchObject(told)
    expect(printed.byId.origins).toEqual(printed.byProject.origins)
    expect(printed.unknown).toMatch(/not found|404/i)
  })

  test('a record says where it came from, and goes on saying it when it is changed', async () => {
    // Only npm 3.35.0 says it itself.
    const own = sdk.name === 'npm 3.35.0' ? origin('a row') : null
    const origins = { 'by hand': origin('another row'), 'from the SDK': own }
    expect(printed.byProject.origins).toEqual(origins)
    const { events } = (await product.get(`/v1/dataset/${ids.dataset}/fetch`)).body
    const row = events.find((event: { id: string }) => event.id === 'from the SDK')
    expect(row).toMatchObject({ input: 2, expected: isNew ? 4 : null, origin: own })
  })
})

testCitations('datasets')
