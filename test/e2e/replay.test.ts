import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replay } from '../../src/cli/replay.ts'
import { openBrowser } from '../support/browser.ts'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'

/** 150 recorded runs of a real agent; they lie beside the repository. */
const FILE = fileURLToPath(
  new URL('../../../shared/data/agent-runs/airline.jsonl', import.meta.url),
)

interface Message {
  role: string
  content: string | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
}
interface Run {
  task_id: number
  trial: number
  reward: number
  user_id: string
  messages: Message[]
}

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

test.runIf(existsSync(FILE))(
  'the recorded runs are there, whole, and the page shows the mean reward of the file',
  async () => {
    const runs: Run[] = readFileSync(FILE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const meanReward = runs.reduce((sum, run) => sum + run.reward, 0) / runs.length
    const project = newProject()
    process.env.HEED_API_KEY = API_KEY
    const replayed = await replay(
      { file: FILE, speed: 0, project, score: 'resolved', url: product.url },
      { write: () => {}, isTerminal: false },
    )
    expect(replayed).toMatchObject({ runs: runs.length, verdicts: runs.length, meanReward })
    expect(replayed.stats).toMatchObject({ rejected: 0, dropped: 0, queued: 0 })

    const { body: page } = await product.get('/v1/traces', { project_name: project, limit: '1000' })
    expect(page.traces).toHaveLength(runs.length)
    for (const [i, listed] of page.traces.entries()) {
      const { body: root } = await product.get(`/v1/spans/${listed.id}`, { project_name: project })
      const { task_id, trial } = root.metadata
      const run = runs.find((one) => one.task_id === task_id && one.trial === trial) as Run
      expect(listed.scores).toEqual([{ name: 'resolved', mean: run.reward, n: 1 }])
      expect(listed.correction_count).toBe(run.reward === 0 ? 1 : 0)
      const { body: trace } = await product.get(`/v1/traces/${listed.trace_id}`, {
        project_name: project,
      })
      const count = (type: string) =>
        trace.spans.filter((s: { type: string }) => s.type === type).length
      const calls = run.messages.flatMap((message) => message.tool_calls ?? [])
      expect(count('llm')).toBe(run.messages.filter((m) => m.role === 'assistant').length)
      expect(count('tool')).toBe(calls.length)
      expect(trace.judgements).toMatchObject([
        { name: 'resolved', value: run.reward, user: run.user_id },
      ])
      if (i % 15 === 0) await expectWhole(project, trace.spans, run, calls)
    }

    const { body } = await product.get('/v1/scores', { project_name: project })
    expect(body.scores).toEqual([{ name: 'resolved', mean: meanReward, n: runs.length }])
    const tab = await browser.context.newPage()
    const [link = ''] = /http\S+signin\S+/.exec(product.output) ?? []
    await tab.goto(link)
    await tab.goto(`${product.url}/app/default/p/${encodeURIComponent(project)}/logs`)
    const average = tab.locator(`[data-score="resolved"][data-n="${runs.length}"]`).first()
    await average.waitFor()
    expect(Number(await average.getAttribute('data-mean'))).toBeCloseTo(meanReward, 12)
  },
  120_000,
)

/** Every message and every call, with its arguments and its answer, stands in some span of the trace. */
async function expectWhole(
  project_name: string,
  spans: { id: string }[],
  run: Run,
  calls: NonNullable<Message['tool_calls']>,
) {
  const whole = await Promise.all(
    spans.map(async ({ id }) => (await product.get(`/v1/spans/${id}`, { project_name })).body),
  )
  const said = whole.map((span) => JSON.stringify([span.input, span.output])).join('\n')
  for (const { content } of run.messages) {
    if (content) expect(said).toContain(JSON.stringify(content))
  }
  for (const { function: called } of calls) {
    const found = whole.filter(
      (span) =>
        span.name === called.name &&
        JSON.stringify(span.input) === JSON.stringify(JSON.parse(called.arguments)),
    )
    expect(found.length).toBeGreaterThan(0)
  }
}
