import type { Conversation } from './conversations.ts'
import type { Random } from './random.ts'
import { isoMicros, type MadeRow } from './spans.ts'
import { COMMENTS } from './words.ts'

/** What people think of one answer: thumbs, ratings, comments, corrections; some change their mind. */
export function feedbackOn(
  random: Random,
  conversation: Conversation,
  rows: readonly MadeRow[],
  millis: number,
): object[] {
  const [root] = rows
  if (!root) return []
  const { user, screen } = conversation
  const isGood = random.chance(0.7)
  const event = (after: number, who: string, fields: object) => ({
    id: root.id,
    feedback_id: `fb-${random.hex(24)}`,
    created: isoMicros((millis + after) * 1000),
    user: who,
    source: 'app',
    ...fields,
  })
  const thumb = { scores: { helpful: Number(isGood) }, metadata: { screen } }
  const kind = random.share()
  const events = [
    kind < 0.7
      ? event(30_000, user, thumb)
      : kind < 0.85
        ? event(35_000, user, { ...thumb, comment: random.pick(COMMENTS) })
        : kind < 0.95
          ? event(60_000, user, { scores: { helpful: 0 }, expected: conversation.say(300) })
          : event(40_000, user, { comment: random.pick(COMMENTS) }),
  ]
  if (random.chance(0.05)) {
    events.push(event(90_000, user, { scores: { helpful: Number(!isGood) } }))
  }
  if (random.chance(0.1)) {
    const accuracy = random.below(5) / 4
    events.push(event(3_600_000, `reviewer-${random.below(5)}`, { scores: { accuracy } }))
  }
  return events
}
