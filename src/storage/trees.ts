import { z } from 'zod'
import type { Feedback } from '../wire/feedback.ts'
import type { Trace } from '../wire/traces.ts'
import { atMost } from './as-many.ts'
import { judgements, subtreeAverages } from './averages.ts'
import { append } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { comments } from './comments.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { ledgerQueries } from './ledger.ts'
import { type Sql, sql } from './sql.ts'
import { plant } from './tree.ts'

/** A map of the engine as it is read: names may repeat words such as `__proto__`. */
export const Pairs = z.array(z.tuple([z.string(), z.number()]))

export const named = (pairs: readonly (readonly [string, number])[]) =>
  pairs.map(([name, value]) => ({ name, value }))

/** A vote as averages.ts takes it: without a user it is anonymous. */
export const asVote = (event: Feedback) => ({ ...event, user: event.user ?? '' })

const SpanRow = z.object({
  trace_id: z.string(),
  id: z.string(),
  span_id: z.string(),
  span_parents: z.array(z.string()),
  is_root: z.number().transform(Boolean),
  name: z.string(),
  type: z.string(),
  xact_id: z.string(),
  created: z.string(),
  start: z.number().nullable(),
  end: z.number().nullable(),
  exec_counter: z.coerce.number(),
  error: z.string(),
  model: z.string(),
  user: z.string(),
  comment: z.string(),
  tags: z.array(z.string()),
  metrics: Pairs,
  scores: Pairs,
})

/** How many spans are put into trees at once: this takes seconds, in which nobody else is answered. */
export const SPANS_MAX = 50_000

/**
 * The trees of some traces with their ledgers, in the order asked; what has not arrived is left out.
 * `spans` is the condition that finds their spans. Throws what `isTooMuch` knows when they are more.
 */
export async function readTrees(
  ch: ClickHouse,
  ledger: ReturnType<typeof ledgerQueries>,
  projectId: string,
  traceIds: readonly string[],
  spans: Sql,
): Promise<Trace[]> {
  if (traceIds.length === 0) return []
  const reading = ch.rows(
    SpanRow,
    sql`SELECT trace_id, id, span_id, span_parents, is_root, name, type, xact_id, created,
          start_time AS start, end_time AS end, exec_counter, error, model, user, comment, tags,
          CAST(metrics AS Array(Tuple(String, Float64))) AS metrics,
          CAST(scores AS Array(Tuple(String, Float64))) AS scores
        FROM ${CURRENT_SPANS}
        WHERE ${spans}
        ${atMost({ rows: SPANS_MAX })}`,
  )
  const traceOf = reading.then((rows) => new Map(rows.map((row) => [row.id, row.trace_id])))
  const [rows, feedback] = await Promise.all([
    reading,
    ledger.ofTraces(projectId, traceIds, traceOf),
  ])
  const found = byTrace(rows)
  const events = byTrace(feedback)
  return traceIds.flatMap((id) => treeOf(projectId, id, found.get(id) ?? [], events.get(id) ?? []))
}

/** Rows put together by trace; those without one are of none. */
export function byTrace<T extends { readonly trace_id: string | null }>(rows: readonly T[]) {
  const traces = new Map<string, T[]>()
  for (const row of rows) if (row.trace_id !== null) append(traces, row.trace_id, row)
  return traces
}

function treeOf(
  projectId: string,
  traceId: string,
  rows: readonly z.output<typeof SpanRow>[],
  feedback: readonly Feedback[],
): Trace[] {
  const placed = plant(rows)
  const [first] = placed
  if (!first) return []
  const judged = judgements(
    placed.map(({ span }) => ({ ...span, scores: named(span.scores) })),
    feedback.map(asVote),
  )
  const means = subtreeAverages(placed, judged)
  const counts = new Map<string, number>()
  for (const event of feedback) counts.set(event.id, (counts.get(event.id) ?? 0) + 1)
  const trace = {
    trace_id: traceId,
    project_id: projectId,
    root_id: first.span.id,
    scores: means.get(first.span.id) ?? [],
    spans: placed.map(
      ({ span: { is_root, span_parents, exec_counter, comment, ...span }, parent }) => ({
        ...span,
        parent_id: parent?.id ?? null,
        error: span.error || null,
        model: span.model || null,
        user: span.user || null,
        metrics: named(span.metrics),
        scores: means.get(span.id) ?? [],
        feedback_count: counts.get(span.id) ?? 0,
      }),
    ),
    judgements: judged,
    comments: comments(rows, feedback),
    feedback: [...feedback],
  }
  return [trace]
}
