import { type Conversation, type Message, remember } from './conversations.ts'
import type { Random } from './random.ts'

/** A row of `POST /logs3`. */
export interface MadeRow {
  readonly id: string
  readonly span_id: string
  readonly root_span_id: string
  readonly created: string
  readonly span_parents?: readonly string[]
  readonly span_attributes: object
  readonly metrics: { readonly start: number; readonly end: number }
  readonly input: unknown
  readonly output?: unknown
  readonly error?: string
  readonly metadata: object
  readonly scores?: Record<string, number>
  readonly tags?: readonly string[]
}

/** JSON of one row, in bytes: log-normal. */
const ROW_BYTES = { median: 2048, sigma: 0.6, max: 60_000 }

/** What ids, times, names and metadata take of it. */
const ENVELOPE_BYTES = 620

const TOOLS = ['search_help', 'get_account', 'list_albums', 'create_ticket']

/** The rows of one turn: a root, and below it calls of models and tools. */
export function spansOf(
  random: Random,
  conversation: Conversation,
  traceId: string,
  millis: number,
  count: number,
): MadeRow[] {
  const { say, topic } = conversation
  const question = `How about the ${topic}? ${say(20 + random.below(180))}`
  const answer = `On ${topic}: ${say(100 + random.below(500))}`
  const talk = [...conversation.messages, { role: 'user', content: question } as const]
  const spanIds = Array.from({ length: count }, () => random.hex(16))
  const seconds = millis / 1000
  const rows = spanIds.map((spanId, index): MadeRow => {
    const start = seconds + index * 0.08
    const room = Math.max(sizeOf(random) - ENVELOPE_BYTES, 80)
    const body =
      index === 0
        ? root(random, conversation, question, answer, room)
        : index % 2 === 1
          ? modelCall(random, conversation, talk, room)
          : toolCall(random, conversation, room)
    const parent = index === 0 ? undefined : spanIds[index % 5 === 0 ? index - 1 : 0]
    return {
      id: `${traceId}-${spanId}`,
      span_id: spanId,
      root_span_id: traceId,
      created: isoMicros(Math.floor(start * 1e6)),
      ...(parent === undefined ? {} : { span_parents: [parent] }),
      ...body,
      span_attributes: { ...body.span_attributes, exec_counter: index },
      metrics: { start, end: start + random.logNormal(0.4, 0.8), ...body.metrics },
    }
  })
  remember(
    conversation,
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  )
  return rows
}

const sizeOf = (random: Random) =>
  Math.min(Math.round(random.logNormal(ROW_BYTES.median, ROW_BYTES.sigma)), ROW_BYTES.max)

type Body = Pick<MadeRow, 'span_attributes' | 'input' | 'output' | 'error' | 'metadata'> & {
  readonly metrics?: Record<string, number>
  readonly scores?: Record<string, number>
  readonly tags?: readonly string[]
}

function root(
  random: Random,
  { user, session, screen, version, model, topic, say }: Conversation,
  question: string,
  answer: string,
  room: number,
): Body {
  const context = say(Math.max(room - question.length - answer.length - 40, 0))
  const isScored = random.chance(0.2)
  return {
    span_attributes: { name: 'answer', type: 'task' },
    input: { question, context },
    output: answer,
    metadata: { user_id: user, session_id: session, screen, version, model, locale: 'en-GB' },
    tags: [topic.split(' ')[0] ?? 'other', screen],
    ...(isScored && { scores: { relevance: Math.round(random.share() * 100) / 100 } }),
  }
}

function modelCall(
  random: Random,
  { user, session, model, say }: Conversation,
  talk: readonly Message[],
  room: number,
): Body {
  const output = say(Math.floor(room * 0.2))
  const messages: { role: string; content: string }[] = []
  let left = Math.floor(room * 0.8) - 60
  for (const message of talk.toReversed()) {
    if (left < 60) break
    messages.unshift({ role: message.role, content: message.content.slice(0, left) })
    left -= message.content.length + 40
  }
  messages.unshift({ role: 'system', content: say(Math.max(left, 20)) })
  const tokens = { prompt_tokens: Math.ceil(room / 5), completion_tokens: Math.ceil(room / 20) }
  return {
    span_attributes: { name: 'chat', type: 'llm' },
    input: { model, temperature: 0.2, messages },
    output: [{ role: 'assistant', content: output }],
    metadata: { model, user_id: user, session_id: session, provider: 'gateway' },
    metrics: { ...tokens, time_to_first_token: random.logNormal(0.3, 0.5) },
  }
}

function toolCall(random: Random, { user, session, topic, say }: Conversation, room: number): Body {
  const name = random.pick(TOOLS)
  const call = {
    span_attributes: { name, type: 'tool' },
    input: { name, arguments: { query: topic, limit: 5, filters: { lang: 'en', draft: false } } },
    metadata: { user_id: user, session_id: session, attempt: 1 },
  }
  if (random.chance(0.03)) {
    const stack = say(room - 80).replaceAll('\n', '\n    at ')
    return { ...call, error: `TimeoutError: ${name} gave no answer within 5 s\n    at ${stack}` }
  }
  const results: object[] = []
  for (let left = room - 160; left > 0; left -= 420) {
    const text = say(Math.max(Math.min(left - 90, 330), 10))
    results.push({ id: random.below(1e6), title: topic, relevance: random.share(), text })
  }
  return { ...call, output: { results, truncated: false } }
}

/** `2026-11-23T09:25:03.598123Z`, from Unix microseconds. */
export function isoMicros(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`
}
