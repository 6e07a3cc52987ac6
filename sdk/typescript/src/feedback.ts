import { isoMicros, nowMicros } from './clock.ts'
import { toJson, unserialisable } from './copy.ts'
import { HeedError } from './error.ts'
import { newFeedbackId } from './id.ts'
import type { Recorder } from './recorder.ts'
import type { FeedbackFields } from './types.ts'

/** The contents of feedback: without any of them it says nothing. */
const CONTENTS = ['scores', 'expected', 'comment', 'tags', 'metadata'] as const

/** About what the ids, the time, the user and the source take. */
const ENVELOPE_SIZE = 240

/**
 * Queues one judgement of a span and returns its id at once; the network happens later.
 *
 * Never throws: feedback comes from strangers. A bad field is left out and named to `onError`, the
 * rest is sent. Who is judged and who judges cannot be left out: if `id` or `user` is bad, or if
 * nothing remains, the feedback is refused as a whole and the id is an empty string.
 */
export function recordFeedback(recorder: Recorder, feedback: FeedbackFields, id: unknown): string {
  const refuse = (sentence: string) => {
    recorder.delivery.countRejected()
    recorder.report(new HeedError('invalid_item', `Feedback was not sent: ${sentence}.`))
    return ''
  }
  if (typeof feedback !== 'object' || feedback === null) return refuse('it must be an object')
  if (typeof id !== 'string' || id === '') return refuse('id must be the id of a span')
  const given = readEnvelope(feedback)
  if (!given) return refuse('it could not be read')
  const { user } = given
  if (!isUser(user)) return refuse('user must be a string that is not empty')

  const feedbackIdOf = (field: 'feedbackId' | 'replaces' | 'replyTo'): string | undefined => {
    const value: unknown = given[field]
    if (!value) return undefined
    if (typeof value === 'string' || typeof value === 'number') return String(value)
    const sentence = `${field} must be a feedback id. It was left out.`
    recorder.report(new HeedError('invalid_field', sentence))
    return undefined
  }
  const createdMicros = nowMicros()
  const feedbackId = feedbackIdOf('feedbackId') ?? newFeedbackId(createdMicros / 1000)
  const contents: Record<string, unknown> = {}
  let size = ENVELOPE_SIZE
  for (const field of CONTENTS) {
    const copied = recorder.snapshot(field, contentOf(feedback, field))
    if (copied.value === undefined || copied.value === null) continue
    contents[field] = copied.value
    size += copied.size
  }
  const replaces = feedbackIdOf('replaces')
  if (Object.keys(contents).length === 0 && replaces === undefined) {
    return refuse(`it needs one of ${CONTENTS.join(', ')}`)
  }

  const event = {
    id,
    feedback_id: feedbackId,
    created: isoMicros(createdMicros),
    user: user === undefined || user === null ? undefined : String(user),
    source: recorder.snapshot('source', given.source).value ?? undefined,
    replaces,
    reply_to: feedbackIdOf('replyTo'),
    ...contents,
  }
  recorder.put({ list: 'feedback', id, seq: 0, size, take: () => toJson(event), discard: () => {} })
  return feedbackId
}

const isUser = (user: unknown): boolean =>
  user === undefined ||
  user === null ||
  typeof user === 'number' ||
  (typeof user === 'string' && user.trim() !== '')

/** All but the contents. Undefined if any of it cannot be read: without it nobody is judged rightly. */
function readEnvelope(feedback: FeedbackFields): FeedbackFields | undefined {
  try {
    const { user, source, feedbackId, replaces, replyTo } = feedback
    return { user, source, feedbackId, replaces, replyTo }
  } catch {
    return undefined
  }
}

function contentOf(feedback: FeedbackFields, field: (typeof CONTENTS)[number]): unknown {
  try {
    return feedback[field]
  } catch (thrown) {
    return unserialisable(thrown)
  }
}
