import { flush } from 'heed'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FeedbackInput } from '../../src/wire/feedback.ts'
import { Row } from '../../src/wire/rows.ts'
import { handle } from './app.ts'

const rows: Row[] = []
const feedback: unknown[] = []

beforeEach(() => {
  rows.length = 0
  feedback.length = 0
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const { headers, body } = new Request('http://heed.test', init)
    const isGzip = headers.get('content-encoding') === 'gzip'
    const plain = isGzip ? body?.pipeThrough(new DecompressionStream('gzip')) : body
    const sent = JSON.parse(await new Response(plain).text())
    rows.push(...sent.rows.map((row: unknown) => Row.parse(row)))
    feedback.push(...sent.feedback)
    return Response.json({ rejected: [] })
  })
})
afterEach(() => void vi.unstubAllGlobals())

const post = async (path: string, body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await handle(
    new Request(`http://bot.test${path}`, { method: 'POST', body: text }),
  )
  return { status: response.status, body: JSON.parse(await response.text()) }
}

test('an answer comes with the id of its span, and its steps are children', async () => {
  const { body } = await post('/chat', { question: 'Can I get a refund?', user: 'ann' })
  await flush()
  expect(body.answer).toContain('within 14 days')
  const [chat, retrieve, answer] = rows
  expect(chat).toMatchObject({
    id: body.requestId,
    input: 'Can I get a refund?',
    output: body.answer,
    metadata: { user_id: 'ann' },
  })
  expect(retrieve?.span_attributes).toMatchObject({ name: 'retrieve', type: 'tool' })
  expect(answer?.span_attributes).toMatchObject({ name: 'answer', type: 'llm' })
  for (const step of [retrieve, answer]) expect(step?.span_parents).toEqual([chat?.span_id])
})

test.each([
  ['I forgot my password', 'Forgot password'],
  ['who can see my photos?', 'Only you'],
  ['how much does the family plan cost', '7 euros'],
  ['my upload is stuck', 'Wi-Fi'],
  ['Do you ship to Mars?', 'I do not know that'],
])('%s is answered with: %s', async (question, part) => {
  expect((await post('/chat', { question })).body.answer).toContain(part)
})

test('votes, comments and corrections reach the span of the answer', async () => {
  const { requestId } = (await post('/chat', { question: 'refund' })).body
  const judgements = [
    { scores: { helpful: 1 } },
    { scores: { helpful: null } },
    { comment: 'too long' },
    { correction: 'Within 14 days.' },
  ]
  for (const fields of judgements) {
    expect((await post('/feedback', { requestId, user: 'ann', ...fields })).status).toBe(200)
  }
  await flush()
  const metadata = { screen: 'chat' }
  const sent = feedback.map((event) => FeedbackInput.parse(event))
  expect(sent).toMatchObject([
    { id: requestId, user: 'ann', source: 'app', scores: [['helpful', 1]], metadata },
    { scores: [['helpful', null]] },
    { comment: 'too long' },
    { expected: 'Within 14 days.' },
  ])
})

test('feedback as a span is a child of the answer, by its id alone', async () => {
  const { requestId } = (await post('/chat', { question: 'refund' })).body
  await post('/feedback-as-span', { requestId, user: 'ann', scores: { helpful: 0 }, comment: 'no' })
  await flush()
  expect(rows.at(-1)).toMatchObject({
    root_span_id: requestId.split('-')[0],
    span_parents: [requestId.split('-')[1]],
    span_attributes: { name: 'user_feedback' },
    scores: [['helpful', 0]],
    comment: 'no',
    metadata: { user_id: 'ann' },
  })
})

test('a bad request is refused with a sentence', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect((await post('/chat', { question: '' })).status).toBe(400)
  expect((await post('/chat', 'not json')).status).toBe(400)
  expect((await post('/feedback', { scores: { helpful: 1 } })).status).toBe(400)
  expect((await post('/nowhere', {})).status).toBe(404)
})

test('the page needs nothing from elsewhere', async () => {
  const response = await handle(new Request('http://bot.test/'))
  const page = await response.text()
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page).not.toMatch(/https?:\/\/|innerHTML/)
})
