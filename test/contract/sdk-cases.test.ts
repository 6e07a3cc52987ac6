import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAnswer } from '../../sdk/typescript/src/answer.ts'
import { copy } from '../../sdk/typescript/src/copy.ts'
import { Draft } from '../../sdk/typescript/src/draft.ts'
import { fakeLogger, fakeServer, untyped } from '../../sdk/typescript/src/fake-server.ts'
import { parseId, parseTraceparent } from '../../sdk/typescript/src/id.ts'
import { mergeField } from '../../sdk/typescript/src/merge.ts'
import { parseSlug } from '../../sdk/typescript/src/slug.ts'

/** Cases that the SDKs of every language read: `contract/cases`. */
const cases = <Case>(name: string): Case[] =>
  JSON.parse(readFileSync(new URL(`../../contract/cases/${name}.json`, import.meta.url), 'utf8'))

type Fields = Record<string, unknown>

describe('an id is read the same in every language', () => {
  type Case = { kind: 'id' | 'traceparent'; text: string; address: [string, string] | null }
  test.each(cases<Case>('ids'))('$kind $text', ({ kind, text, address }) => {
    const read = kind === 'id' ? parseId(text) : parseTraceparent(text)
    expect(read ? [read.traceId, read.spanId] : null).toEqual(address)
  })
})

describe('what an official SDK exports is read the same in every language', () => {
  type Read = { address: [string, string] | null; row_id: string | null; is_of_logs: boolean }
  type Case = { named: string; text: string; slug: Read | null }
  test.each(cases<Case>('slugs'))('$named', ({ text, slug }) => {
    const read = parseSlug(text)
    const { traceId, spanId } = read?.address ?? {}
    const { rowId = null, isOfLogs } = read ?? {}
    const address = read?.address ? [traceId, spanId] : null
    expect(read ? { address, row_id: rowId, is_of_logs: isOfLogs } : null).toEqual(slug)
  })

  test('updateSpan takes what an official SDK exported', async () => {
    const slugs = new Map(cases<Case>('slugs').map((slugged) => [slugged.named, slugged]))
    const server = fakeServer()
    const { logger, problems } = fakeLogger(server)
    const exported = slugs.get('version 4')
    logger.updateSpan({ id: exported?.text ?? '', output: 'late' })
    for (const refused of ['version 4 of a logger', 'version 4, its ids as JSON']) {
      logger.updateSpan({ id: slugs.get(refused)?.text ?? '', output: 'lost' })
    }
    await logger.flush().catch(() => {})
    const [change, ...others] = server.rows()
    expect(others).toEqual([])
    expect(change?.id).toBe(exported?.slug?.row_id)
    expect([change?.root_span_id, change?.span_id]).toEqual(exported?.slug?.address)
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'invalid_item',
      'invalid_item',
    ])
    expect(logger.stats().rejected).toBe(2)
  })
})

describe('a field that is logged again merges the same in every language', () => {
  type Case = { field: string; base: unknown; change: unknown; merged: unknown }
  test.each(cases<Case>('merge'))('$base and then $change', ({ field, base, change, merged }) => {
    expect(JSON.stringify(mergeField(field, base, change))).toBe(JSON.stringify(merged))
  })
  test.each(cases<Case>('merge'))('$base and then $change take the room of $merged', (given) => {
    const sizeOf = (...values: unknown[]) => {
      const draft = new Draft({ id: 'a' }, 0, {})
      for (const value of values) draft.add(given.field, copy(value))
      return draft.size
    }
    expect(sizeOf(given.base, given.change)).toBe(sizeOf(given.merged))
  })
})

describe('an answer means the same in every language', () => {
  type Case = {
    status: number
    text: string
    retry_after?: string
    kind: string
    after_ms?: number
  }
  test.each(cases<Case>('answers'))('$status with $text', (given) => {
    const { status, text, retry_after = null, kind, after_ms } = given
    const answer = readAnswer({ status, text, retryAfter: retry_after })
    expect(answer.kind).toBe(kind)
    expect(answer.kind === 'retry' ? answer.afterMs : undefined).toBe(after_ms)
  })
})

describe('what cannot be stored is left out the same in every language', () => {
  type Case = { log: Fields; kept: Fields; told: string | null }
  test.each(cases<Case>('fields'))('$log', async ({ log, kept, told }) => {
    const server = fakeServer()
    const { logger, problems } = fakeLogger(server)
    logger.startSpan({ startTime: 100 }).log({ input: 'neighbour', ...log })
    await logger.flush().catch(() => {})
    const [row = untyped<Fields>({})] = server.rows()
    expect(row).toMatchObject({ input: 'neighbour', ...kept })
    for (const field of Object.keys(log)) {
      if (!['span_id', 'metrics'].includes(field)) expect(row[field]).toEqual(kept[field])
    }
    expect(problems.join()).toContain(told ?? '')
    expect(problems).toHaveLength(told === null ? 0 : 1)
  })
})

describe('feedback travels the same in every language', () => {
  type Case = { feedback: Fields; event: Fields | null; told: string | null }
  const id = '0192f0c1a2b37c4d8e5f00112233445a-00f067aa0ba902b7'
  test.each(cases<Case>('feedback'))('$feedback', async ({ feedback, event, told }) => {
    const server = fakeServer()
    const { logger, problems } = fakeLogger(server)
    const { reply_to: replyTo, ...named } = feedback
    const feedbackId = logger.logFeedback(
      untyped({ id, ...named, ...(replyTo === undefined ? {} : { replyTo }) }),
    )
    await logger.flush().catch(() => {})
    const [sent] = server.feedback()
    const created = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    if (event) expect(sent).toEqual({ id, feedback_id: feedbackId, created, ...event })
    else expect([sent, feedbackId, logger.stats().rejected]).toEqual([undefined, '', 1])
    expect(problems.join()).toContain(told ?? '')
  })
})

describe('a span becomes the same rows in every language', () => {
  type Step = 'flush' | { log: Fields } | { end: number }
  type Case = { name: string; steps: Step[]; rows: Fields[] }
  test.each(cases<Case>('rows'))('$name', async ({ steps, rows }) => {
    const server = fakeServer()
    const { logger } = fakeLogger(server)
    const span = logger.startSpan({ name: 'step', startTime: 100 })
    for (const step of steps) {
      if (step === 'flush') await logger.flush()
      else if ('log' in step) span.log(step.log)
      else span.end({ endTime: step.end })
    }
    await logger.flush()
    const ids = { id: span.id, span_id: span.spanId, root_span_id: span.rootSpanId }
    const own = (first: boolean) =>
      first
        ? { span_attributes: { name: 'step', type: 'task', exec_counter: expect.any(Number) } }
        : {}
    expect(server.rows()).toEqual(
      rows.map((row, at) => ({ ...ids, created: expect.any(String), ...own(at === 0), ...row })),
    )
  })
})
