import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { PYTHON, runProgram } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

// The others have no logs.
describe.each(PYTHON.filter(({ name }) => name === 'PyPI 0.48.1'))('logs of $name', (sdk) => {
  const project_name = newProject()
  let ids: Record<string, string>
  const row = async (name: string) =>
    (await product.get(`/v1/spans/${ids[name]}`, { project_name })).body

  /** The rows of the trace of a row, with their parents, by the names that the program gave. */
  async function tree(name: string) {
    const names = Object.fromEntries(Object.entries(ids).map(([known, id]) => [id, known]))
    const { trace_id } = await row(name)
    const { body } = await product.get(`/v1/traces/${trace_id}`, { project_name })
    return Object.fromEntries(
      body.spans.map((span: { id: string; parent_id: string }) => [
        names[span.id],
        names[span.parent_id] ?? null,
      ]),
    )
  }

  beforeAll(async () => {
    ids = await runProgram(sdk, 'logs', product.url, { COMPAT_PROJECT: project_name })
  })

  test('a log of any level has its text, its level and its metadata', async () => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) {
      const { type, span_attributes } = await row(level)
      expect([level, type, span_attributes.log_level]).toEqual([level, 'log', level])
    }
    expect((await row('debug')).output).toBe('asks ann')
    expect((await row('debug')).metadata['braintrust.template']).toBe('asks {who}')
    expect(await row('info')).toMatchObject({ output: 'in the child', metadata: { attempt: 2 } })
    expect((await row('warn')).output).toEqual({ slow: true })
    expect((await row('emitted')).output).toBe('by its level')
  })

  test('a log hangs from the span in which it was written', async () => {
    expect(await tree('root')).toEqual({
      root: null,
      trace: 'root',
      debug: 'root',
      child: 'root',
      info: 'child',
      grandchild: 'child',
      warn: 'root',
    })
  })

  test('logs outside of spans are one trace, which the first of them begins', async () => {
    expect(await tree('error')).toEqual({ error: null, fatal: 'error', emitted: 'error' })
  })
})

testCitations('logs')
