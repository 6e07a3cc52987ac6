import { z } from 'zod'
import type { Feedback } from '../wire/feedback.ts'
import type { Trace, TracePage, TraceSummary } from '../wire/traces.ts'
import { averages, judgements, type OwnScores, subtreeAverages, tally } from './averages.ts'
import type { ClickHouse } from './clickhouse.ts'
import { comments } from './comments.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import type { ledgerQueries } from './ledger.ts'
import { int, sql, str, strs, uuid } from './sql.ts'
import { plant } from './tree.ts'

const Pairs = z.array(z.tuple([z.string(), z.number()]))

const SpanRow = z.object({
  id: z.string(),
  span_id: z.string(),
  span_parents: z.array(z.string()),
  is_root: z.number().transform(Boolean),
  name: z.string(),
  type: z.string(),
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

const RootRow = z.object({
  trace_id: z.string(),
  id: z.string(),
  time: z.coerce.number(),
  name: z.string(),
  created: z.string(),
  start: z.number().nullable(),
  end: z.number().nullable(),
  input: z.string(),
  output: z.string(),
  error: z.string(),
  model: z.string(),
  user: z.string(),
  tags: z.array(z.string()),
})

const TotalsRow = z.object({
  trace_id: z.string(),
  span_count: z.coerce.number(),
  comment_count: z.coerce.number(),
  error: z.string(),
  model: z.string(),
  ids: z.array(z.string()),
  scored: z.array(z.tuple([z.string(), z.string(), z.string(), Pairs])),
})

export const traceQueries = (ch: ClickHouse, ledger: ReturnType<typeof ledgerQueries>) => {
  /** What lies below the roots of a page, by trace. */
  async function totals(projectId: string, traceIds: readonly string[]) {
    const rows = await ch.rows(
      TotalsRow,
      sql`SELECT
            trace_id,
            count() AS span_count,
            countIf(comment != '') AS comment_count,
            argMinIf(error, created, error != '') AS error,
            argMaxIf(model, created, model != '') AS model,
            groupArray(id) AS ids,
            groupArrayIf(
              (id, user, toString(created), CAST(scores AS Array(Tuple(String, Float64)))),
              notEmpty(scores)
            ) AS scored
          FROM spans FINAL
          WHERE project_id = ${uuid(projectId)} AND trace_id IN ${strs(traceIds)}
          GROUP BY trace_id`,
    )
    return new Map(rows.map((row) => [row.trace_id, row]))
  }

  return {
    /** Newest first, one row a trace, by key. `limit` is 1 to 1000. Traces whose root is missing wait for it. */
    page: async (projectId: string, limit: number, cursor?: string): Promise<TracePage> => {
      const rows = await ch.rows(
        RootRow,
        sql`SELECT trace_id, id, toUnixTimestamp64Milli(spans.time) AS time, name, created,
              start_time AS start, end_time AS end, input, output, error, model, user, tags
            FROM spans FINAL
            WHERE project_id = ${uuid(projectId)} AND is_root
              ${cursor === undefined ? sql`` : before(decodeCursor(cursor))}
            ORDER BY spans.time DESC, id DESC
            LIMIT ${int(limit + 1)}`,
      )
      const roots = rows.slice(0, limit)
      const traceIds = roots.map((root) => root.trace_id)
      const reading = totals(projectId, traceIds)
      const [below, feedback] = await Promise.all([
        reading,
        ledger.ofTraces(projectId, traceIds, reading.then(tracesOfSpans)),
      ])
      const events = new Map<string, Feedback[]>()
      for (const event of feedback) {
        if (event.trace_id === null) continue
        const list = events.get(event.trace_id)
        if (list) list.push(event)
        else events.set(event.trace_id, [event])
      }
      const last = roots.at(-1)
      return {
        traces: roots.map((root) =>
          summary(root, below.get(root.trace_id), events.get(root.trace_id) ?? []),
        ),
        cursor: rows.length > limit && last ? encodeCursor(last) : null,
      }
    },

    /** The whole tree of a trace with its ledger, or null. */
    find: async (projectId: string, traceId: string): Promise<Trace | null> => {
      const reading = ch.rows(
        SpanRow,
        sql`SELECT id, span_id, span_parents, is_root, name, type, created, start_time AS start,
              end_time AS end, exec_counter, error, model, user, comment, tags,
              CAST(metrics AS Array(Tuple(String, Float64))) AS metrics,
              CAST(scores AS Array(Tuple(String, Float64))) AS scores
            FROM spans FINAL
            WHERE project_id = ${uuid(projectId)} AND trace_id = ${str(traceId)}`,
      )
      const [rows, feedback] = await Promise.all([
        reading,
        ledger.ofTraces(
          projectId,
          [traceId],
          reading.then((spans) => new Map(spans.map(({ id }) => [id, traceId]))),
        ),
      ])
      const placed = plant(rows)
      const [first] = placed
      if (!first) return null
      const judged = judgements(
        placed.map(({ span }) => ({ ...span, scores: named(span.scores) })),
        feedback.map(asVote),
      )
      const means = subtreeAverages(placed, judged)
      const counts = new Map<string, number>()
      for (const event of feedback) counts.set(event.id, (counts.get(event.id) ?? 0) + 1)
      return {
        trace_id: traceId,
        project_id: projectId,
        root_id: first.span.id,
        scores: means.get(first.span.id) ?? [],
        spans: placed.map(
          ({ span: { is_root, span_parents, exec_counter, comment, ...span }, parent }) => ({
            ...span,
            trace_id: traceId,
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
        feedback,
      }
    },
  }
}

const before = ({ time, id }: Cursor) =>
  sql`AND (spans.time, id) < (fromUnixTimestamp64Milli(${int(time)}), ${str(id)})`

const named = (pairs: readonly (readonly [string, number])[]) =>
  pairs.map(([name, value]) => ({ name, value }))

const tracesOfSpans = (totals: ReadonlyMap<string, z.output<typeof TotalsRow>>) =>
  new Map([...totals].flatMap(([traceId, { ids }]) => ids.map((id) => [id, traceId] as const)))

const asVote = (event: Feedback) => ({ ...event, user: event.user ?? '' })

function summary(
  root: z.output<typeof RootRow>,
  totals: z.output<typeof TotalsRow> | undefined,
  feedback: readonly Feedback[],
): TraceSummary {
  const own: OwnScores[] = (totals?.scored ?? []).map(([id, user, created, scores]) => ({
    id,
    user,
    created,
    scores: named(scores),
  }))
  const { time, ...shown } = root
  return {
    ...shown,
    error: root.error || totals?.error || null,
    model: root.model || totals?.model || null,
    user: root.user || null,
    span_count: totals?.span_count ?? 1,
    scores: averages(tally(judgements(own, feedback.map(asVote)))),
    feedback_count: feedback.length,
    comment_count: (totals?.comment_count ?? 0) + comments([], feedback).length,
    correction_count: feedback.filter((f) => f.expected !== null).length,
  }
}
