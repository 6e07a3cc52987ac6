import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId } from '../../test/support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

test('a filter that cannot be read or asked is refused with its position', async () => {
  const refused = async (path: string, query: Record<string, string>) => {
    const { status, body } = await heed.get(path, { project_name: 'any', ...query })
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: 'invalid_request' })
    return body.error.details
  }
  expect(await refused('/v1/traces', { filter: 'user = "u1" and' })).toEqual([
    {
      field: 'filter',
      message: 'expected a field or `(`, not the end',
      position: 15,
    },
  ])
  expect(await refused('/v1/spans', { filter: 'user exists and colour = "red"' })).toEqual([
    { field: 'filter', message: expect.stringMatching(/no field colour/), position: 16 },
  ])
  expect(await refused('/v1/feedback', { filter: '{"and":[]}' })).not.toHaveLength(0)
  const [deep] = await refused('/v1/count', { filter: `${'{"not":'.repeat(99)}1${'}'.repeat(99)}` })
  expect(deep.message).toMatch(/deeper/)
  const [by] = await refused('/v1/groups', { by: 'text' })
  expect(by).toEqual({ field: 'by', message: 'cannot be text' })
  const [value] = await refused('/v1/groups', { value: 'scores.' })
  expect(value).toMatchObject({ field: 'value', position: 7 })
})

test('groups tell how many, and the exact statistics of their values', async () => {
  const project_name = newProject()
  const rows = Array.from({ length: 11 }, (_, i) => ({
    id: rowId(newTraceId(), 0),
    created: `2026-01-0${i < 6 ? 1 : 2}T10:00:00Z`,
    span_attributes: { name: i < 6 ? 'a' : 'b' },
    tags: i === 10 ? ['x', 'y'] : ['x'],
    ...(i < 10 && { metrics: { cost: i } }),
    scores: { good: i / 10 },
  }))
  const feedback = [
    { id: rows[0]?.id, user: 'u1', scores: { good: 1 } },
    { id: rows[1]?.id, user: 'u1', scores: { good: 0 } },
    { id: rows[1]?.id, user: 'u2', scores: { good: 1 } },
  ]
  await heed.post('/logs3', { project_name, rows, feedback })
  const ask = async (query: string) => {
    const project = `project_name=${encodeURIComponent(project_name)}`
    const response = await heed.get(`/v1/groups?${project}&${query}&`)
    expect(response.status, JSON.stringify(response.body)).toBe(200)
    return response.body
  }

  expect(await ask('every=day&value=metrics.cost')).toMatchObject({
    is_truncated: false,
    groups: [
      {
        time: '2026-01-02T00:00:00Z',
        by: [],
        count: 5,
        values: [{ field: 'metrics.cost', n: 4, mean: 7.5, min: 6, max: 9, p50: 7.5, p90: 8.7 }],
      },
      { time: '2026-01-01T00:00:00Z', count: 6, values: [{ n: 6, mean: 2.5, p50: 2.5 }] },
    ],
  })
  const { groups: tagged } = await ask('by=tags&by=name')
  expect(tagged.map((group: { by: { value: string }[]; count: number }) => group)).toMatchObject([
    { time: null, by: [{ value: 'x' }, { value: 'a' }], count: 6 },
    { by: [{ value: 'x' }, { value: 'b' }], count: 5 },
    { by: [{ value: 'y' }, { value: 'b' }], count: 1 },
  ])
  expect(await ask('by=feedback.user&value=scores.good&filter=name="a"')).toMatchObject({
    groups: [
      { by: [{ value: null }], count: 4 },
      { by: [{ value: 'u1' }], count: 2, values: [{ n: 2, mean: 0.75 }] },
      { by: [{ value: 'u2' }], count: 1, values: [{ n: 1, mean: 0.5 }] },
    ],
  })
  expect(await ask('of=feedback&by=user&value=scores.good&by=status')).toMatchObject({
    groups: [
      {
        by: [{ field: 'user', value: 'u1' }, { value: 'attached' }],
        count: 2,
        values: [{ n: 2, mean: 0.5 }],
      },
      { by: [{ value: 'u2' }, { value: 'attached' }], count: 1 },
    ],
  })
  expect(await ask('by=feedback_count&filter=name="a"')).toMatchObject({
    groups: [
      { by: [{ value: '0' }], count: 4 },
      { by: [{ value: '1' }], count: 1 },
      { by: [{ value: '2' }], count: 1 },
    ],
  })
  expect(await ask('value=metrics.none')).toMatchObject({
    groups: [{ count: 11, values: [{ n: 0, mean: null, p99: null }] }],
  })
})
