import type { Feedback, SpanFields } from 'heed'
import { initLogger } from 'heed'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { FeedbackInput } from '../../src/wire/feedback.ts'
import { InsertRows, Row } from '../../src/wire/rows.ts'

type Wire = z.input<typeof FeedbackInput>

describe('the types of the SDK say what the server accepts', () => {
  test('each field of feedback', () => {
    expectTypeOf<Feedback['id']>().toExtend<Wire['id']>()
    expectTypeOf<Feedback['source']>().toExtend<Wire['source']>()
    expectTypeOf<Feedback['comment']>().toExtend<Wire['comment']>()
    expectTypeOf<Exclude<Feedback['user'], number>>().toExtend<Wire['user']>()
    expectTypeOf<Exclude<keyof Feedback, 'feedbackId' | 'replyTo'>>().toExtend<keyof Wire>()
  })

  test('each named field of a span', () => {
    type Named = 'input' | 'output' | 'expected' | 'error' | 'scores' | 'metadata' | 'metrics'
    expectTypeOf<Named | 'tags' | 'comment'>().toExtend<keyof SpanFields>()
    expectTypeOf<Named | 'tags' | 'comment'>().toExtend<keyof z.input<typeof Row>>()
  })
})

test('whatever the SDK sends, the server accepts', async () => {
  const bodies: unknown[] = []
  const logger = initLogger({
    projectName: 'p',
    setCurrent: false,
    onError: () => {},
    fetch: async (_, { body, headers }) => {
      expect(headers['content-encoding']).toBe('gzip')
      const text = new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip'))
      bodies.push(await new Response(text).json())
      return { status: 200, headers: new Headers(), text: async () => '{"rejected":[]}' }
    },
  })
  const odd = { ok: 1, bad: 7, flag: true, nan: Number.NaN, gone: null, ...JSON.parse('{"t":"x"}') }
  const contents = [
    { scores: odd },
    { tags: ['a', 'a', '', JSON.parse('5')] },
    { metadata: { deep: { n: 1n, date: new Date(), self: globalThis } } },
    { comment: 'plain', expected: new Map([['a', 1]]) },
  ]
  for (const fields of contents) {
    const span = logger.startSpan({ event: { input: 'x'.repeat(500), ...fields } })
    span.startSpan({ parent: 'of another making', type: 'llm' }).end()
    await logger.flush().catch(() => {})
    span.log({ ...fields, metrics: { tokens: 1 }, error: new Error('e'), own: { key: 1 } })
    span.end()
    for (const user of ['ann', 7, null]) span.logFeedback({ ...fields, user, source: 'external' })
    await logger.flush().catch(() => {})
  }
  const rows = bodies.map((body) => InsertRows.parse(body))
  expect(rows.flatMap((body) => body.rows)).toHaveLength(12)
  for (const body of rows) {
    for (const row of body.rows) Row.parse(row)
    for (const feedback of body.feedback) FeedbackInput.parse(feedback)
  }
})
