import { describe, expect, test } from 'vitest'
import { fakeLogger, fakeServer, untyped } from './fake-server.ts'

function setup() {
  const server = fakeServer()
  return { server, ...fakeLogger(server) }
}

const id = `${'ab'.repeat(16)}-${'cd'.repeat(8)}`

test('one call is one event with an id and a time of its own', async () => {
  const { server, logger } = setup()
  const feedbackId = logger.logFeedback({
    id,
    user: 'ann',
    source: 'app',
    scores: { helpful: 1, tone: false, old: null },
    expected: { answer: 'better' },
    comment: 'close',
    tags: ['billing'],
    metadata: { page: '/chat' },
  })
  await logger.flush()
  expect(server.feedback()).toEqual([
    {
      id,
      feedback_id: feedbackId,
      created: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
      user: 'ann',
      source: 'app',
      scores: { helpful: 1, tone: false, old: null },
      expected: { answer: 'better' },
      comment: 'close',
      tags: ['billing'],
      metadata: { page: '/chat' },
    },
  ])
  expect(feedbackId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
})

test('what was not given is not sent, so the server decides its default', async () => {
  const { server, logger } = setup()
  logger.logFeedback({ id, user: null, source: undefined, scores: { up: true }, comment: null })
  await logger.flush()
  expect(Object.keys(server.feedback()[0] ?? {}).sort()).toEqual([
    'created',
    'feedback_id',
    'id',
    'scores',
  ])
})

test('a comment is edited, answered and deleted by calls that name it', async () => {
  const { server, logger } = setup()
  const first = logger.logFeedback({ id, user: 'ann', comment: 'To long' })
  logger.logFeedback({ id, user: 'ann', replaces: first, comment: 'Too long' })
  logger.logFeedback({ id, user: 'bob', replyTo: first, comment: 'I agree' })
  logger.logFeedback({ id, user: 'ann', replaces: first })
  await logger.flush()
  expect(server.feedback().map((f) => [f.comment, f.replaces, f.reply_to])).toEqual([
    ['To long', undefined, undefined],
    ['Too long', first, undefined],
    ['I agree', undefined, first],
    [undefined, first, undefined],
  ])
})

test('two calls are two events, in order', async () => {
  const { server, logger } = setup()
  logger.logFeedback({ id, user: 'ann', scores: { up: 1 } })
  logger.logFeedback({ id, user: 'ann', scores: { up: 0 } })
  await logger.flush()
  const [first, second] = server.feedback()
  expect(first?.scores).toEqual({ up: 1 })
  expect([first?.created, second?.created].sort()).toEqual([first?.created, second?.created])
})

test('a span judges itself', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan()
  span.logFeedback({ scores: { up: 1 } })
  await logger.flush()
  expect(server.feedback()[0]?.id).toBe(span.id)
})

test('a number as user is its text; a chosen feedback id is kept', async () => {
  const { server, logger } = setup()
  expect(logger.logFeedback({ id, user: 42, feedbackId: 'f1', comment: 'x' })).toBe('f1')
  await logger.flush()
  expect(server.feedback()[0]).toMatchObject({ user: '42', feedback_id: 'f1' })
})

test('a bad score costs itself, not its neighbours', async () => {
  const { server, logger, problems } = setup()
  logger.logFeedback({ id, scores: { good: 1, bad: 7 }, comment: 'x', source: 'web' as 'app' })
  await logger.flush().catch(() => {})
  expect(server.feedback()[0]).toMatchObject({ scores: { good: 1 }, comment: 'x' })
  expect(server.feedback()[0]).not.toHaveProperty('source')
  expect(problems.join('\n')).toContain('scores.bad is 7')
  expect(problems.join('\n')).toContain('source is "web"; it must be one of app, api, external')
})

test.each([
  [{ scores: { up: 1 } }, 'id must be the id of a span'],
  [{ id: '', scores: { up: 1 } }, 'id must be the id of a span'],
  [{ id, user: {}, scores: { up: 1 } }, 'user must be a string'],
  [{ id, user: ' ', scores: { up: 1 } }, 'user must be a string'],
  [{ id }, 'it needs one of scores'],
  [{ id, scores: { up: 7 } }, 'it needs one of scores'],
  ['text', 'it must be an object'],
])('%j is refused at once, told and counted', async (feedback, sentence) => {
  const { server, logger, problems } = setup()
  expect(logger.logFeedback(untyped(feedback))).toBe('')
  await expect(logger.flush()).rejects.toMatchObject({ code: 'not_flushed' })
  expect(server.requests).toHaveLength(0)
  expect(problems.join()).toContain(sentence)
  expect(logger.stats()).toMatchObject({ rejected: 1, queued: 0 })
})

describe('the JSON of a stranger never throws', () => {
  const odd = { toString: 1, toJSON: 1, valueOf: null }
  test.each([
    [{ scores: { helpful: odd } }, 'scores.helpful is {"toString":1,"toJSON":1,"valueOf":null}'],
    [{ source: odd, comment: 'x' }, 'source is {"toString":1'],
    [{ replaces: odd, comment: 'x' }, 'replaces must be a feedback id'],
    [{ replyTo: odd, comment: 'x' }, 'replyTo must be a feedback id'],
    [{ feedbackId: odd, comment: 'x' }, 'feedbackId must be a feedback id'],
  ])('%j', async (feedback, sentence) => {
    const { server, logger, problems } = setup()
    const feedbackId = logger.logFeedback(untyped({ id, ...feedback }))
    expect(typeof feedbackId).toBe('string')
    expect(problems.join()).toContain(sentence)
    await logger.flush().catch(() => {})
    const [sent] = server.feedback()
    if (!('comment' in feedback)) expect(sent).toBeUndefined()
    else expect(sent).toMatchObject({ comment: 'x', feedback_id: feedbackId })
    for (const field of ['source', 'replaces', 'reply_to'])
      expect(sent ?? {}).not.toHaveProperty(field)
  })

  test('scores of a span neither', () => {
    const { logger, problems } = setup()
    logger.log({ scores: untyped({ helpful: odd }) })
    expect(problems.join()).toContain('scores.helpful is {')
  })
})

test('feedback ids may be numbers; they are sent as text', async () => {
  const { server, logger } = setup()
  const ids = untyped<{ feedbackId: string }>({ feedbackId: 7, replaces: 5, replyTo: 6 })
  expect(logger.logFeedback({ id, comment: 'x', ...ids })).toBe('7')
  await logger.flush()
  expect(server.feedback()[0]).toMatchObject({ feedback_id: '7', replaces: '5', reply_to: '6' })
})
