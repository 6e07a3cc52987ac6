import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Feedback } from '../../src/wire/feedback.ts'
import { type Filter, FilterSource } from '../../src/wire/filter.ts'
import { checkFilter } from '../../src/wire/filter-check.ts'
import { printFilter } from '../../src/wire/filter-print.ts'
import { parseFilter } from '../../src/wire/filter-text.ts'
import type { Span, Trace } from '../../src/wire/traces.ts'
import { type Heed, newProject, openHeed } from '../support/heed.ts'
import { project, requestOf } from './filter-data.ts'
import { matches, type Row, rowsOf } from './filter-oracle.ts'
import { filterOf } from './filter-tree.ts'

/** How many projects are filled, and how many filters are asked of each of its three sources. */
const PROJECTS = Number(process.env.HEED_MODEL_PROJECTS ?? 5)
const FILTERS = 12

const SOURCES = FilterSource.options

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

test('the text of any filter is read back as the same tree, which the fields allow', () => {
  for (const source of SOURCES) {
    fc.assert(
      fc.property(filterOf(source), (filter) => {
        expect(parseFilter(printFilter(filter)).filter).toEqual(filter)
        expect(checkFilter(source, filter)).toEqual([])
      }),
      { numRuns: 500 },
    )
  }
})

/** Every page of a list, of small pages. */
async function listed(source: string, project_name: string, filter: string, limit: string) {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = { project_name, filter, limit, ...(cursor && { cursor }) }
    const { status, body } = await heed.get(`/v1/${source}`, query)
    expect(status, JSON.stringify(body)).toBe(200)
    for (const row of body[source]) ids.push(source === 'feedback' ? row.feedback_id : row.id)
    cursor = body.cursor
  }
  return ids
}

async function agrees(
  source: FilterSource,
  project_name: string,
  rows: readonly Row[],
  filter: Filter,
) {
  const text = printFilter(filter)
  const wanted = rows.filter((row) => matches(filter, row)).map((row) => row.id)
  const [ids, counted, grouped] = await Promise.all([
    listed(source, project_name, JSON.stringify(filter), '8'),
    heed.get('/v1/count', { project_name, of: source, filter: text }),
    heed.get('/v1/groups', { project_name, of: source, filter: text, by: 'user', every: 'day' }),
  ])
  expect([...ids].sort(), text).toEqual(wanted.sort())
  expect(counted.body, text).toEqual({ count: wanted.length })
  const inGroups = grouped.body.groups.map((group: { count: number }) => group.count)
  expect(
    inGroups.reduce((a: number, b: number) => a + b, 0),
    text,
  ).toBe(wanted.length)
}

async function fill(made: ReturnType<typeof requestOf>) {
  const project_name = newProject()
  const { rows, feedback, traceIds } = made
  // First an older version of each, with what another one holds: it must not be found.
  const older = rows.map((row, i) => ({
    ...rows[(i + 1) % rows.length],
    id: row.id,
    span_id: row.span_id,
    root_span_id: row.root_span_id,
    span_parents: row.span_parents,
    created: new Date(Date.parse(row.created) - 1000).toISOString(),
  }))
  await heed.post('/logs3', { project_name, rows: older })
  const { status, body } = await heed.post('/logs3', { project_name, rows, feedback })
  expect({ status, rejected: body.rejected }).toEqual({ status: 200, rejected: [] })
  const get = async (path: string) => (await heed.get(path, { project_name, limit: '1000' })).body
  const traces: Trace[] = await Promise.all(traceIds.map((id) => get(`/v1/traces/${id}`)))
  const spans: Span[] = await Promise.all(
    rows.map(({ id }) => heed.get(`/v1/spans/${encodeURIComponent(id)}`, { project_name })),
  ).then((answers) => answers.map((answer) => answer.body))
  const events: Feedback[] = (await get('/v1/feedback')).feedback
  const known = new Map(spans.map((span) => [span.id, span]))
  return {
    project_name,
    rowsOf: (source: FilterSource) => rowsOf(source, traces, known, events, made.roots),
  }
}

test(
  'lists, counts and groups hold what plain code finds in the detail views',
  async () => {
    const filters = fc.record({
      traces: fc.array(filterOf('traces'), { minLength: FILTERS, maxLength: FILTERS }),
      spans: fc.array(filterOf('spans'), { minLength: FILTERS, maxLength: FILTERS }),
      feedback: fc.array(filterOf('feedback'), { minLength: FILTERS, maxLength: FILTERS }),
    })
    await fc.assert(
      fc.asyncProperty(project, filters, async (made, asked) => {
        const filled = await fill(requestOf(made))
        for (const source of SOURCES) {
          const rows = filled.rowsOf(source)
          for (const filter of asked[source])
            await agrees(source, filled.project_name, rows, filter)
        }
      }),
      {
        ...(process.env.HEED_MODEL_SEED && { seed: Number(process.env.HEED_MODEL_SEED) }),
        numRuns: PROJECTS,
        interruptAfterTimeLimit: PROJECTS * 30_000,
        markInterruptAsFailure: true,
      },
    )
  },
  PROJECTS * 40_000,
)
