import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Heed, newProject, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

type Row = Record<string, unknown>

async function register(project_name: string, more: Row = {}) {
  const { status, body } = await heed.post('/api/experiment/register', { project_name, ...more })
  return { status, ...body }
}

interface Case {
  readonly input: string
  readonly scores: Row
  readonly seconds?: number
  readonly tokens?: number
}

let made = 0

/** A case as `Eval()` logs it: root, task, a scorer. The scores are the scorer's alone. */
function rowsOf(experiment_id: string, { input, scores, seconds = 1, tokens = 10 }: Case) {
  const n = ++made
  const root = { root_span_id: `root-${n}`, experiment_id, created: new Date().toISOString() }
  const child = { ...root, span_parents: [`s-${n}`] }
  const time = { start: 100, end: 100 + seconds }
  const llm = { type: 'llm', name: 'call' }
  return [
    {
      ...root,
      id: `eval-${n}`,
      span_id: `s-${n}`,
      input,
      output: 'o',
      metrics: { start: 1, end: 99 },
      span_attributes: { type: 'eval', name: 'eval' },
    },
    {
      ...child,
      id: `task-${n}`,
      span_id: `t-${n}`,
      metrics: time,
      span_attributes: { type: 'task', name: 'task' },
    },
    {
      ...child,
      id: `llm-${n}`,
      span_id: `l-${n}`,
      span_parents: [`t-${n}`],
      metrics: { tokens },
      span_attributes: llm,
    },
    {
      ...child,
      id: `score-${n}`,
      span_id: `c-${n}`,
      scores,
      span_attributes: { type: 'score', purpose: 'scorer', name: 'scorer' },
    },
    {
      ...child,
      id: `judge-${n}`,
      span_id: `j-${n}`,
      span_parents: [`c-${n}`],
      metrics: { tokens: 1000 },
      span_attributes: { ...llm, purpose: 'scorer' },
    },
  ]
}

async function run(project: string, cases: readonly Case[], more: Row = {}) {
  const { experiment } = await register(project, more)
  const rows = cases.flatMap((one) => rowsOf(experiment.id, one))
  const { body } = await heed.post('/logs3', { rows })
  expect(body.rejected).toEqual([])
  return { id: experiment.id as string, name: experiment.name as string, rows }
}

const compare = async (experiment_id: string, base_experiment_id?: string) =>
  (
    await heed.get('/experiment-comparison2', {
      experiment_id,
      ...(base_experiment_id ? { base_experiment_id } : {}),
    })
  ).body
const baseOf = (id: string) => heed.post('/api/base_experiment/get_id', { id })

describe('an experiment', () => {
  test('is a new one each time, with a name of its own, or on request the one that is there', async () => {
    const project = newProject()
    const one = await register(project, { experiment_name: 'run' })
    const two = await register(project, { experiment_name: 'run' })
    const again = await register(project, { experiment_name: 'run', update: true })
    expect(one.experiment.name).toBe('run')
    expect(two.experiment.name).toMatch(/^run-/)
    expect(again.experiment.id).toBe(one.experiment.id)
    const { body } = await heed.post('/api/experiment/get', {
      project_name: project,
      experiment_name: 'run',
    })
    expect(body).toMatchObject([{ id: one.experiment.id, name: 'run' }])
    const none = { project_name: project, experiment_name: 'nowhere' }
    expect((await heed.post('/api/experiment/get', none)).body).toEqual([])
  })

  test('has rows behind a wall of its own', async () => {
    const project = newProject()
    const { id, rows } = await run(project, [{ input: 'a', scores: { s: 1 } }])
    const { body } = await heed.post('/btql', {
      query: {
        select: [{ op: 'star' }],
        from: {
          op: 'function',
          name: { op: 'ident', name: ['experiment'] },
          args: [{ op: 'literal', value: id }],
        },
      },
    })
    expect(body.data).toHaveLength(rows.length)
    const root = body.data.find((row: Row) => row.is_root)
    expect(root).toMatchObject({ experiment_id: id, input: 'a', output: 'o', is_root: true })
    const { body: logs } = await heed.get('/v1/traces', { project_name: project })
    expect(logs.traces).toEqual([])
  })

  test('that is not there refuses its rows by name', async () => {
    const { status, body } = await heed.post('/logs3', {
      rows: [{ id: 'a', experiment_id: crypto.randomUUID() }],
    })
    expect([status, body.rejected[0].field]).toEqual([200, 'experiment_id'])
  })
})

describe('a comparison', () => {
  test('adds up what the cases scored and took, without what their scorers took', async () => {
    const { id } = await run(newProject(), [
      { input: 'a', scores: { right: 1, short: null }, seconds: 2 },
      { input: 'b', scores: { right: 0.5, short: 1 }, seconds: 4, tokens: 20 },
    ])
    expect(await compare(id)).toEqual({
      scores: {
        right: { name: 'right', score: 0.75, improvements: 0, regressions: 0 },
        short: { name: 'short', score: 1, improvements: 0, regressions: 0 },
      },
      metrics: {
        duration: { name: 'duration', metric: 3, unit: 's', improvements: 0, regressions: 0 },
        total_tokens: {
          name: 'total_tokens',
          metric: 15,
          unit: 'tok',
          improvements: 0,
          regressions: 0,
        },
      },
    })
  })

  test('matches cases by their input, and counts the better and the worse', async () => {
    const project = newProject()
    const base = await run(project, [
      { input: 'a', scores: { right: 0 }, seconds: 1 },
      { input: 'b', scores: { right: 1 }, seconds: 1 },
      { input: 'c', scores: { right: 0.5 }, seconds: 1 },
    ])
    const now = await run(project, [
      { input: 'c', scores: { right: 0.5 }, seconds: 2 },
      { input: 'a', scores: { right: 1 }, seconds: 0.5 },
      { input: 'b', scores: { right: 0.75 }, seconds: 1 },
      { input: 'new', scores: { right: 0 }, seconds: 9 },
    ])
    const { scores, metrics } = await compare(now.id, base.id)
    expect(scores.right).toEqual({
      name: 'right',
      score: 0.5625,
      diff: 0.25,
      improvements: 1,
      regressions: 1,
    })
    // Of a metric as a share of the base: (2 + 0.5 + 1) / 3 against 1.
    expect(metrics.duration.diff).toBeCloseTo(1 / 6, 12)
    expect(metrics.duration).toMatchObject({ improvements: 1, regressions: 1 })
  })

  test('takes means that differ in their last digit alone for the same', async () => {
    const project = newProject()
    const trials = (scores: readonly number[]) =>
      scores.map((right) => ({ input: 'a', scores: { right } }))
    const base = await run(project, trials([0.1, 0.2, 0.3]))
    const now = await run(project, trials([0.3, 0.2, 0.1]))
    const { right } = (await compare(now.id, base.id)).scores
    expect([right.improvements, right.regressions]).toEqual([0, 0])
  })

  test('counts what people said of a case instead of what its scorer said', async () => {
    const { id, rows } = await run(newProject(), [{ input: 'a', scores: { right: 0 } }])
    const scorer = rows.find((row) => 'scores' in row)?.id
    const { body } = await heed.post('/logs3', {
      rows: [
        {
          id: scorer,
          experiment_id: id,
          _is_merge: true,
          scores: { right: 1 },
          _audit_source: 'app',
          _audit_metadata: { user_id: 'u1' },
        },
      ],
    })
    expect(body.rejected).toEqual([])
    expect((await compare(id)).scores.right.score).toBe(1)
  })

  test('counts the newest of what one user said by a clock that is a little fast', async () => {
    const { id, rows } = await run(newProject(), [{ input: 'a', scores: { right: 0 } }])
    const scorer = rows.find((row) => 'scores' in row)?.id
    const begun = Date.now() + 3_000
    for (const right of [1, 0]) {
      const created = new Date(begun + right).toISOString()
      const feedback = [{ id: scorer, user: 'u1', scores: { right }, created }]
      expect((await heed.post(`/v1/experiment/${id}/feedback`, { feedback })).status).toBe(200)
    }
    expect((await compare(id)).scores.right.score).toBe(1)
  })

  test('of an experiment with nothing in it is empty', async () => {
    const { id } = await run(newProject(), [])
    expect(await compare(id)).toEqual({ scores: {}, metrics: {} })
  })
})

describe('the base of an experiment', () => {
  test('is the one before it over the same dataset; the first has none', async () => {
    const project = newProject()
    const first = await run(project, [], { dataset_id: 'd1' })
    const other = await run(project, [], { dataset_id: 'd2' })
    const second = await run(project, [], { dataset_id: 'd1' })
    expect((await baseOf(second.id)).body).toEqual({
      base_exp_id: first.id,
      base_exp_name: first.name,
    })
    for (const { id } of [first, other]) {
      const { status, body } = await baseOf(id)
      expect([status, body.error.code]).toEqual([400, 'base_experiment_not_found'])
    }
  })

  test('is the one that was named, or the one of the nearest commit', async () => {
    const project = newProject()
    const old = await run(project, [], { experiment_name: 'old', repo_info: { commit: 'c1' } })
    await run(project, [], { repo_info: { commit: 'c3' } })
    const named = await run(project, [], { base_experiment: 'old' })
    const near = await run(project, [], { ancestor_commits: ['c2', 'c1'] })
    for (const { id } of [named, near]) {
      expect((await baseOf(id)).body.base_exp_id).toBe(old.id)
    }
    // The SDK looks for these words, and asks again without it.
    const { status, error } = await register(project, { base_experiment: 'nowhere' })
    expect([status, error.message]).toEqual([400, expect.stringContaining('base experiment')])
  })
})

describe('the rows of an experiment', () => {
  test('are read where those of a project are, by the id of the experiment', async () => {
    const project_name = newProject()
    const { experiment } = await register(project_name)
    const rows = rowsOf(experiment.id, { input: 'a', scores: { right: 1 } })
    await heed.post('/logs3', { rows })
    const experiment_id = experiment.id
    const id = String(rows[0]?.id)
    const { body: span } = await heed.get(`/v1/spans/${id}`, { experiment_id })
    expect(span.input).toBe('a')
    const { body: trace } = await heed.get(`/v1/traces/${span.trace_id}`, { experiment_id })
    expect(trace.spans).toHaveLength(rows.length)
    const { body: page } = await heed.get('/v1/traces', { experiment_id })
    expect(page.traces.map((one: Row) => one.id)).toEqual([id])
    // They are not among the logs of its project.
    expect((await heed.get(`/v1/spans/${id}`, { project_name })).status).toBe(404)
    const { body } = await heed.get('/v1/spans', { experiment_id: crypto.randomUUID() })
    expect(body.error.code).toBe('experiment_not_found')
  })

  test('stay spans where they hold a comment of their own beside the record that they are of', async () => {
    const { experiment } = await register(newProject())
    const origin = { object_type: 'dataset', object_id: crypto.randomUUID(), id: 'record' }
    const rows: Row[] = rowsOf(experiment.id, { input: 'q', scores: {} })
    const row: Row = { ...rows[0], origin, comment: { text: 'hm' } }
    expect((await heed.post('/logs3', { rows: [row] })).body.rejected).toEqual([])
    const { events } = (await heed.get(`/v1/experiment/${experiment.id}/fetch`)).body
    expect(events).toMatchObject([
      { id: row.id, input: 'q', origin, comments: [{ comment: { text: 'hm' } }] },
    ])
    const pending = await heed.get('/v1/feedback', { experiment_id: experiment.id })
    expect(pending.body.feedback).toEqual([])
  })

  test('are told to those who watch its project, as a change of the experiment alone', async () => {
    const { experiment } = await register(newProject())
    const heard: unknown[] = []
    heed.live.watch(experiment.project_id, undefined, {
      deliver: ({ change }) => heard.push(change),
      end: () => {},
    })
    await heed.post('/logs3', { rows: rowsOf(experiment.id, { input: 'a', scores: {} }) })
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    expect(heard).toEqual([
      { traces: [], feedback: [], experiments: [experiment.id], datasets: [], projects: false },
    ])
  })
})
