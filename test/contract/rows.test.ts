import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

type Row = Record<string, unknown>

const write = async (project_name: string, ...rows: object[]) => {
  const { status, body } = await heed.post('/logs3', { project_name, rows })
  expect([status, body.rejected]).toEqual([200, []])
}
const read = async (project_name: string, id: string) =>
  (await heed.get(`/v1/spans/${encodeURIComponent(id)}`, { project_name })).body

/** One span's life as its process lived it: begun, changed twice, ended. */
function life(id: string) {
  const at = (second: number) => ({ id, created: `2026-01-01T00:00:0${second}.000000Z` })
  return [
    {
      ...at(0),
      input: { q: 'hi' },
      metadata: { a: { x: 1 }, gone: 1 },
      tags: ['a'],
      metrics: { start: 1 },
    },
    { ...at(1), _is_merge: true, metadata: { a: { y: 2 }, gone: null }, tags: ['b', 'a'] },
    {
      ...at(2),
      _is_merge: true,
      output: 'first',
      scores: { s: 0.5, t: true },
      metadata: { a: { x: 3 } },
    },
    { ...at(3), _is_merge: true, output: 'last', scores: { s: null }, metrics: { end: 2 } },
  ]
}

const lived = {
  input: { q: 'hi' },
  output: 'last',
  metadata: { a: { x: 3, y: 2 }, gone: null },
  tags: ['a', 'b'],
  start: 1,
  end: 2,
  scores: [{ name: 't', mean: 1, n: 1 }],
  created: '2026-01-01T00:00:00.000000Z',
}

describe('the writes of one row', () => {
  test.each([
    ['a Heed id', () => rowId(newTraceId(), 1)],
    ['an opaque id', () => crypto.randomUUID()],
  ])(
    'arrive in any order and any number of times, and leave one row: %s',
    async (_, newId) => {
      const deliveries = fc.array(fc.nat(3), { maxLength: 6 }).chain((again) =>
        fc.shuffledSubarray(
          [0, 1, 2, 3, ...again].map((n, i) => [n, i] as const),
          { minLength: 4 + again.length },
        ),
      )
      await fc.assert(
        fc.asyncProperty(deliveries, fc.boolean(), async (order, isOneRequest) => {
          const project_name = newProject()
          const id = newId()
          const rows = order.map(([n]) => life(id)[n] as object)
          if (isOneRequest) await write(project_name, ...rows)
          else for (const row of rows) await write(project_name, row)
          expect(await read(project_name, id)).toMatchObject(lived)
          const { body } = await heed.get('/v1/traces', { project_name })
          expect(body.traces).toHaveLength(1)
        }),
        { numRuns: 25 },
      )
    },
    120_000,
  )

  test('a later whole row replaces, an earlier one that comes late does not', async () => {
    const project_name = newProject()
    const id = rowId(newTraceId(), 1)
    await write(project_name, { id, created: '2026-01-01T00:00:05Z', input: 1, output: 1 })
    await write(project_name, { id, created: '2026-01-01T00:00:06Z', input: 2 })
    await write(project_name, { id, created: '2026-01-01T00:00:05Z', input: 1, output: 1 })
    expect(await read(project_name, id)).toMatchObject({ input: 2, output: null })
  })

  test('rows without a time are written in the order of their arrival', async () => {
    const project_name = newProject()
    const id = 'no-time'
    await write(project_name, { id, input: 1, _is_merge: true })
    await write(project_name, { id, output: 1, metadata: { a: 1 } })
    await write(project_name, { id, metadata: { b: 2 }, _is_merge: true })
    expect(await read(project_name, id)).toMatchObject({
      input: null,
      output: 1,
      metadata: { a: 1, b: 2 },
    })
  })

  test('a change without its row is kept, and is no trace of its own', async () => {
    const project_name = newProject()
    const id = rowId(newTraceId(), 1)
    await write(project_name, { id, output: 'orphan', _is_merge: true })
    expect(await read(project_name, id)).toMatchObject({ output: 'orphan', input: null })
    expect((await heed.get('/v1/traces', { project_name })).body.traces).toEqual([])
  })

  test('a deleted row is gone at once, and a later row with its id is there again', async () => {
    const project_name = newProject()
    const id = rowId(newTraceId(), 1)
    await write(project_name, { id, input: 1 })
    await write(project_name, { id, _object_delete: true })
    expect((await read(project_name, id)).error.code).toBe('span_not_found')
    await write(project_name, { id, input: 2 })
    expect(await read(project_name, id)).toMatchObject({ input: 2 })
  })
})

describe('of two whole rows of one moment', () => {
  const created = '2026-01-01T00:00:00Z'
  /** Whole rows one after the other, and what is then read of their output. */
  const wrote = async (metrics: object, ...outputs: number[]) => {
    const project_name = newProject()
    const row = { id: 'r', span_id: 's', root_span_id: 't', created, metrics }
    for (const output of outputs) await write(project_name, { ...row, output })
    const state = async () => (await read(project_name, 'r')).output
    return { state, again: (more: object) => write(project_name, { ...row, ...more }) }
  }
  const ended = { start: 1, end: 2 }

  test.each([
    ['ended', ended],
    ['open', { start: 1 }],
  ])('that are %s the one that came last stands', async (_, metrics) => {
    for (const outputs of [
      [1, 2],
      [2, 1],
      [3, 1, 2],
    ]) {
      const { state } = await wrote(metrics, ...outputs)
      expect(await state()).toBe(outputs.at(-1))
    }
  })

  test('the first, delivered again, is told by what is known of the row', async () => {
    const open = await wrote({ start: 1 }, 1, 2)
    await open.again({ output: 1 })
    expect(await open.state()).toBe(2)
    // Nothing is asked of rows that are written whole once; from their first change on everything is.
    const { state, again } = await wrote(ended, 1, 2)
    await again({ _is_merge: true, created: '2026-01-01T00:00:01Z', tags: ['x'] })
    expect(await state()).toBe(2)
    await again({ output: 1 })
    expect(await state()).toBe(2)
  })

  test('in one request the one that is named last stands', async () => {
    const project_name = newProject()
    const row = { id: 'r', created, metrics: ended }
    await write(project_name, ...[2, 3, 1].map((output) => ({ ...row, output })))
    expect((await read(project_name, 'r')).output).toBe(1)
  })
})

describe('a whole row that comes again, half a second slower, by a clock that is wrong by years', () => {
  const years = 3 * 365 * 86_400_000
  /** `micros` after the row's first write, by the client's clock. */
  const at = (began: number, micros: number) =>
    `${new Date(began - years).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`
  const ids = [
    ['a Heed id', () => rowId(newTraceId(), 1)],
    ['an opaque id', () => crypto.randomUUID()],
  ] as const
  const deliver = async (project_name: string, delayMs: number, row: object) => {
    const sent_at = new Date(Date.now() - years - delayMs).toISOString()
    const { status, body } = await heed.post('/logs3', { project_name, sent_at, rows: [row] })
    expect([status, body.rejected]).toEqual([200, []])
  }

  test.each(ids)('does not overtake a later whole row: %s', async (_, newId) => {
    const project_name = newProject()
    const [id, began] = [newId(), Date.now()]
    const row = (micros: number, output: string) => ({
      metrics: { start: 1, end: 2 },
      output,
      created: at(began, micros),
      id,
    })
    await deliver(project_name, 0, row(0, 'first'))
    await deliver(project_name, 0, row(999, 'later'))
    await deliver(project_name, 500, row(0, 'first'))
    expect(await read(project_name, id)).toMatchObject({ output: 'later' })
  })

  test.each(ids)('does not wipe out a later change: %s', async (_, newId) => {
    const project_name = newProject()
    const [id, began] = [newId(), Date.now()]
    const whole = {
      output: 'first',
      metrics: { start: 1, end: 2 },
      _is_merge: false,
      created: at(began, 0),
      id,
    }
    await deliver(project_name, 0, whole)
    await deliver(project_name, 0, {
      id,
      created: at(began, 999),
      _is_merge: true,
      output: 'later',
    })
    await deliver(project_name, 500, whole)
    expect(await read(project_name, id)).toMatchObject({ output: 'later', end: 2 })
  })
})

test('many rows in one request are stored as one, and so are changes of them all', async () => {
  const project_name = newProject()
  const { id: projectId } = await heed.storage.projects.ensure({ project_name })
  const ids = Array.from({ length: 8_000 }, (_, i) =>
    i % 2 === 0 ? rowId(newTraceId(), 1) : crypto.randomUUID(),
  )
  for (const kind of ['whole', 'merge'] as const) {
    const at = Date.now() * 1000
    const spans = ids.map((id) => ({
      projectId,
      id,
      entry: { kind, at, arrivedAt: at, row: { [kind]: id } },
    }))
    await heed.storage.write({ spans, feedback: [], bytes: 800_000 })
  }
  for (const id of ids.slice(0, 2)) {
    expect(await read(project_name, id)).toMatchObject({ id })
  }
  const { body } = await heed.get('/v1/count', { project_name, of: 'spans' })
  expect(body.count).toBe(8_000)
})

describe('an odd field of a span is kept as it came, and left out of what filters ask', () => {
  const fetched = async (project_name: string) => {
    const { body } = await heed.get('/v1/projects')
    const { id } = body.projects.find((one: { name: string }) => one.name === project_name)
    return (await heed.get(`/v1/project_logs/${id}/fetch`)).body.events
  }

  test.each<[string, Row]>([
    ['metadata that is a list', { metadata: ['a', 1] }],
    ['metadata that is a text', { metadata: 'text' }],
    ['metadata that is an empty text', { metadata: '' }],
    ['a comment that is a number', { comment: 5 }],
    ['a comment that is an object without a text', { comment: { rating: 5 } }],
    ['a comment that is a list', { comment: ['a'] }],
    ['a comment about nothing', { comment: { text: 5 } }],
    ['a comment without a text beside an id', { comment: { rating: 5 }, origin: { id: 'a' } }],
    ['an origin that is a text', { origin: 'web', comment: { text: 'mine' } }],
    ['an origin that is a list', { origin: [{ id: 'a' }] }],
  ])('%s', async (_, odd) => {
    const project_name = newProject()
    // Without span ids, so that nothing but the comment tells it from a row that is one.
    const row = { id: 'odd', input: 'q', tags: ['t'], ...odd }
    await write(project_name, row, { id: 'neighbour' })
    const span = await read(project_name, 'odd')
    const { metadata = null, ...beside } = odd
    expect(span).toMatchObject({ input: 'q', tags: ['t'], metadata, rest: beside })
    expect(await fetched(project_name)).toHaveLength(2)
    expect((await fetched(project_name)).find((one: Row) => one.id === 'odd')).toMatchObject(odd)
    const { body } = await heed.get('/v1/feedback', { project_name })
    expect(body.feedback).toEqual([])
  })

  test('tags that are no names', async () => {
    const project_name = newProject()
    const tags = ['', ' ', 'x'.repeat(513), 'good', 'good']
    await write(project_name, { id: 'odd', input: 'q', tags })
    await write(project_name, { id: 'odd', _is_merge: true, tags: ['', 'more'] })
    const span = await read(project_name, 'odd')
    expect(span.tags).toEqual(['good', 'more'])
    expect(span.rest.tags).toEqual(['', ' ', 'x'.repeat(513), 'good', 'more'])
    const found = async (filter: string) =>
      (await heed.get('/v1/spans', { project_name, filter })).body.spans.length
    expect(await found('tags = "good"')).toBe(1)
    expect(await found('tags = ""')).toBe(0)
    const many = Array.from({ length: 1200 }, (_, n) => `tag-${n}`)
    await write(project_name, { id: 'many', tags: many })
    expect((await read(project_name, 'many')).rest.tags).toEqual(many)
    expect((await read(project_name, 'many')).tags).toEqual(many.slice(0, 1000))
  })

  test('what the server does not know is read with the span', async () => {
    const project_name = newProject()
    const row = { id: 'own', input: 'q', metadata: { a: 1 }, custom: { deep: [1] }, origin: null }
    await write(project_name, row)
    expect((await read(project_name, 'own')).rest).toEqual({ custom: { deep: [1] }, origin: null })
  })
})

describe('feedback of the official SDKs', () => {
  const audit = { _audit_source: 'app', _audit_metadata: { user_id: 'u1' } }

  test('that is fused with a span tells its tags but those that are no names', async () => {
    const project_name = newProject()
    await write(project_name, { id: 'a', input: 'q', tags: ['', ' good '], ...audit })
    expect((await read(project_name, 'a')).rest.tags).toEqual(['', ' good '])
    const { body } = await heed.get('/v1/feedback', { project_name })
    expect(body.feedback).toMatchObject([{ id: 'a', tags: ['good'], user: 'u1' }])
  })

  test('that is nothing else is refused by name where a tag cannot be kept', async () => {
    const project_name = newProject()
    const rows = [
      { id: 'a', tags: [''], _is_merge: true, ...audit },
      { id: 'a', tags: ['ok'], scores: { up: 1 }, _is_merge: true, ...audit },
    ]
    const { body } = await heed.post('/logs3', { project_name, rows })
    expect(body.rejected).toMatchObject([{ index: 0, field: 'tags.0' }])
    expect(body.accepted).toEqual({ rows: 1, feedback: 0 })
  })

  test.each<[string, unknown, string | null]>([
    ['a number', 5, '5'],
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['nothing', null, null],
  ])('is a comment also where its text is %s', async (_, text, kept) => {
    const project_name = newProject()
    await write(project_name, { id: 'a', span_id: 's', input: 'q' })
    await write(project_name, { id: 'c', origin: { id: 'a' }, comment: { text }, ...audit })
    const { body } = await heed.get('/v1/feedback', { project_name })
    expect(body.feedback).toMatchObject([{ feedback_id: 'c', id: 'a', comment: kept, user: 'u1' }])
    const { body: spans } = await heed.get('/v1/spans', { project_name })
    expect(spans.spans.map((span: Row) => span.id)).toEqual(['a'])
  })
})
