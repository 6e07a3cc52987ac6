import { type Conversation, Conversations } from './conversations.ts'
import { feedbackOn } from './judges.ts'
import { Random } from './random.ts'
import { type MadeRow, spansOf } from './spans.ts'

/** What decides every row: the same plan gives the same rows. */
export interface Plan {
  readonly seed: number
  /** At least this many; the last trace is whole. */
  readonly spans: number
  /** Unix milliseconds: traces are spread over the days before it, in order. */
  readonly endsAt: number
  readonly days: number
}

/** One trace, as the SDK sends it. */
export interface MadeTrace {
  readonly traceId: string
  readonly rows: readonly MadeRow[]
  readonly feedback: readonly object[]
}

/** Mean spans of a trace: log-normal with a median of 9, and 200 in one of a thousand. */
export const SPANS_A_TRACE = 10.4
const BIG_TRACE = 200
const BIG_EVERY = 1000

const DAY_MS = 86_400_000

/** Traces in order of time: turns of many conversations, interleaved. */
export function* traces(plan: Plan): Generator<MadeTrace> {
  const random = new Random(plan.seed)
  const expected = Math.ceil(plan.spans / SPANS_A_TRACE)
  const conversations = new Conversations(random, expected)
  const begin = plan.endsAt - plan.days * DAY_MS
  const step = (plan.days * DAY_MS) / expected
  let made = 0
  for (let index = 0; made < plan.spans; index++) {
    // Beyond the expected number of traces the times stand still, so that none is in the future.
    const millis = Math.floor(begin + step * Math.min(index + random.share(), expected))
    const conversation = conversations.next()
    const trace = turn(random, conversation, millis, sizeOf(random, index))
    made += trace.rows.length
    yield trace
  }
}

/** How many spans the trace of this number has. The eighth of every thousand is a big one. */
function sizeOf(random: Random, index: number): number {
  if (index % BIG_EVERY === 7) return BIG_TRACE
  return Math.min(Math.max(Math.round(random.logNormal(9, 0.5)), 1), 100)
}

function turn(random: Random, conversation: Conversation, millis: number, size: number): MadeTrace {
  const traceId = uuidV7(random, millis)
  const rows = spansOf(random, conversation, traceId, millis, size)
  const feedback = random.chance(0.1) ? feedbackOn(random, conversation, rows, millis) : []
  return { traceId, rows, feedback }
}

/** A trace id as Heed's SDKs make it: RFC 9562 section 5.7, without dashes. */
function uuidV7(random: Random, millis: number): string {
  const variant = '89ab'[random.below(4)]
  return `${millis.toString(16).padStart(12, '0')}7${random.hex(3)}${variant}${random.hex(15)}`
}
