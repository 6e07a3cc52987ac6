import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

const write = async (project_name: string, ...rows: object[]) => {
  const { status, body } = await heed.post('/logs3', { project_name, rows })
  expect([status, body.rejected]).toEqual([200, []])
}

/** How many a search finds: in the list, and by count, which must agree. */
async function found(project_name: string, of: 'traces' | 'spans', filter: string) {
  const { body: page } = await heed.get(`/v1/${of}`, { project_name, filter })
  const { body: counted } = await heed.get('/v1/count', { project_name, of, filter })
  expect(counted.count).toBe(page[of].length)
  return counted.count
}

const ids = {
  'Heed ids': () => ({ id: rowId(newTraceId(), 1) }),
  'opaque ids': () => ({ id: crypto.randomUUID(), root_span_id: crypto.randomUUID() }),
}

describe.each(Object.entries(ids))('a search, %s', (_, newIds) => {
  test.each(['traces', 'spans'] as const)(
    'finds what %s hold now, not what they held',
    async (of) => {
      const project_name = newProject()
      const row = newIds()
      await write(project_name, { ...row, input: 'about apples', output: 'first draft' })
      expect(await found(project_name, of, 'text ~ "apples"')).toBe(1)
      expect(await found(project_name, of, 'output ~ "draft"')).toBe(1)

      await write(project_name, { id: row.id, _is_merge: true, output: 'final words' })
      expect(await found(project_name, of, 'text ~ "apples"')).toBe(1)
      expect(await found(project_name, of, 'output ~ "draft"')).toBe(0)
      expect(await found(project_name, of, 'not output ~ "draft"')).toBe(1)
      expect(await found(project_name, of, 'output ~ "final words"')).toBe(1)

      await write(project_name, { id: row.id, _object_delete: true })
      expect(await found(project_name, of, 'text ~ "apples"')).toBe(0)
      expect(await found(project_name, of, 'output exists')).toBe(0)
    },
  )
})

test('of more changes than a version can count, what is read is what they all add up to', async () => {
  const project_name = newProject()
  const id = rowId(newTraceId(), 1)
  const created = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString()
  const change = (n: number, fields: object) => ({
    id,
    _is_merge: true,
    created: created(n),
    ...fields,
  })
  await write(project_name, { id, created: created(0), input: 'question' })
  const rows = Array.from({ length: 300 }, (_, n) => change(n + 100, { metadata: { last: n } }))
  await write(project_name, ...rows)
  // Older than all but the first, so that none of these is the newest write.
  for (let n = 1; n <= 4; n++) {
    await write(project_name, change(n, { output: `draft${n}`, metadata: { [`late${n}`]: true } }))
    const { body: span } = await heed.get(`/v1/spans/${id}`, { project_name })
    expect(span.output).toBe(`draft${n}`)
    expect(span.metadata).toMatchObject({ last: 299, [`late${n}`]: true })
  }
})
