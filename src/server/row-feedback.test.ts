import { expect, test } from 'vitest'
import type { Json } from '../wire/common.ts'
import { Row } from '../wire/rows.ts'
import { commentOf, parted } from './row-feedback.ts'

const audit = { _audit_source: 'app', _audit_metadata: { user_id: 'u1' } }
const part = (raw: Record<string, Json>) => parted('project', Row.parse(raw), raw)

test('a row without audit fields is all the span’s', () => {
  const row = { id: 'a', scores: { relevance: 1 }, _is_merge: true }
  expect(part(row)).toEqual({ feedback: null, span: row })
})

test('a change that holds feedback and nothing else leaves the span alone', () => {
  const { feedback, span } = part({ id: 'a', scores: { ok: true }, ...audit, _is_merge: true })
  expect(span).toBeNull()
  expect(feedback).toMatchObject({ id: 'a', scores: [['ok', 1]], metadata: { user_id: 'u1' } })
})

test('what was fused with feedback is written to the span, but for the scores', () => {
  const row = { id: 'a', output: 'x', tags: ['t'], scores: { ok: 1 }, ...audit, _is_merge: true }
  const { feedback, span } = part(row)
  expect(feedback).toMatchObject({ scores: [['ok', 1]], tags: ['t'] })
  expect(span).toMatchObject({ id: 'a', output: 'x', tags: ['t'], _is_merge: true })
  expect(span).not.toHaveProperty('scores')
})

test('a whole row with feedback in it is a span, also when it has no other content', () => {
  expect(part({ id: 'a', span_id: 's', scores: { ok: 1 }, ...audit }).span).toMatchObject({
    id: 'a',
    span_id: 's',
  })
})

test('the same row sent again is the same feedback, and another one is another', () => {
  const row = { id: 'a', scores: { ok: 1 }, ...audit, _is_merge: true }
  const id = (raw: Record<string, Json>) => part(raw).feedback?.feedback_id
  expect(id({ ...row })).toBe(id(row))
  expect(id({ ...row, scores: { ok: 0 } })).not.toBe(id(row))
})

test('a row with a comment on another is feedback on that, with a span id it is a span', () => {
  const row = { id: 'c', origin: { id: 'a' }, comment: { text: 'hm' } }
  expect(commentOf(Row.parse(row))).toMatchObject({ feedback_id: 'c', id: 'a', comment: 'hm' })
  for (const ids of [{ span_id: 's' }, { root_span_id: 't' }, { span_parents: ['s'] }]) {
    expect(commentOf(Row.parse({ ...row, ...ids }))).toBeNull()
  }
  expect(commentOf(Row.parse({ ...row, span_id: null, span_parents: [] }))).not.toBeNull()
})
