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

describe.each(SDKS)('$name', (sdk) => {
  const project_name = newProject()
  let ids: Record<
    | 'root'
    | 'child'
    | 'below'
    | 'beside'
    | 'started'
    | 'wrapped'
    | 'failed'
    | 'updated'
    | 'logged'
    | 'project',
    string
  >
  const row = async (id: string) => (await product.get(`/v1/spans/${id}`, { project_name })).body
  const tree = async (id: string) =>
    (await product.get(`/v1/traces/${(await row(id)).trace_id}`, { project_name })).body

  beforeAll(async () => {
    ids = await runProgram(sdk, 'spans', product.url, { COMPAT_PROJECT: project_name })
  })

  test('nested spans are one trace, each below its parent, with names and types', async () => {
    const { root_id, spans } = await tree(ids.root)
    expect(root_id).toBe(ids.root)
    const known = new Map(spans.map((span: { id: string }) => [span.id, span]))
    expect(known.size).toBe(6)
    expect(known.get(ids.root)).toMatchObject({ name: 'POST /chat', type: 'task', parent_id: null })
    expect(known.get(ids.child)).toMatchObject({ name: 'answer', type: 'llm', parent_id: ids.root })
    expect(known.get(ids.wrapped)).toMatchObject({ name: 'search', parent_id: ids.root })
    expect(known.get(ids.started)).toMatchObject({ name: 'started', parent_id: ids.root })
    expect(known.get(ids.below)).toMatchObject({ name: 'below', parent_id: ids.child })
    expect(known.get(ids.beside)).toMatchObject({ name: 'beside', parent_id: ids.child })
    const { body } = await product.get('/v1/project', { project_name })
    expect(body.objects).toMatchObject([{ id: ids.project }])
  })

  test('what span.log is called with, many times, adds up', async () => {
    expect(await row(ids.root)).toMatchObject({
      input: { question: 'where?' },
      output: 'there',
      metadata: { a: { b: 1, c: 2 }, kept: true },
      tags: ['one', 'two'],
    })
    const { scores } = await tree(ids.root)
    expect(scores).toEqual([{ name: 'relevance', mean: 0.5, n: 1 }])
  })

  test('tokens, model and times arrive', async () => {
    const { spans } = await tree(ids.root)
    const child = spans.find((span: { id: string }) => span.id === ids.child)
    const metrics = Object.fromEntries(
      child.metrics.map((one: { name: string; value: number }) => [one.name, one.value]),
    )
    expect(metrics).toMatchObject({ prompt_tokens: 7, completion_tokens: 3 })
    expect(child.model).toBe('m-1')
    expect(child.end).toBeGreaterThanOrEqual(child.start)
    expect(Math.abs(Date.now() / 1000 - child.start)).toBeLessThan(120)
  })

  test('a wrapped function has its input and output', async () => {
    const { input, output } = await row(ids.wrapped)
    expect(JSON.stringify(input)).toContain('place')
    expect(output).toEqual(['found place'])
  })

  test('what a logger logs without a span is a trace of one', async () => {
    const { root_id, spans } = await tree(ids.logged)
    expect([root_id, spans.length]).toEqual([ids.logged, 1])
    expect((await row(ids.logged)).input).toBe('alone')
  })

  test('an exception is the error of its span', async () => {
    const { error } = await row(ids.failed)
    expect(error).toContain('no such place')
  })

  test('updateSpan changes what it names and nothing else', async () => {
    expect(await row(ids.updated)).toMatchObject({
      name: 'updated',
      output: 'after',
      metadata: { fixed: true },
      type: 'tool',
      tags: ['late'],
    })
  })
})

testCitations('spans')
