import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Feedback } from '../wire/feedback.ts'
import type { Filter } from '../wire/filter.ts'
import type { SpanPage, Trace, TracePage, TraceSummary } from '../wire/traces.ts'
import { asManyAsFit, atMost, isTooMuch } from './as-many.ts'
import { averages, judgements, type OwnScores, tally } from './averages.ts'
import type { ClickHouse } from './clickhouse.ts'
import { comments } from './comments.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { Bounded } from './filter/bounded.ts'
import { spansOf } from './filter/scope.ts'
import { TREE_ORDER } from './filter/second-roots.ts'
import { spanPage } from './filter/span-page.ts'
import { TRACE_ERROR, TRACE_MODEL } from './filter/trace-fields.ts'
import type { ledgerQueries } from './ledger.ts'
import { type Sql, sql } from './sql.ts'
import { asVote, byTrace, named, Pairs, readTrees, SPANS_MAX } from './trees.ts'

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
  user: z.string(),
  tags: z.array(z.string()),
})

const TotalsRow = z.object({
  trace_id: z.string(),
  span_count: z.coerce.number(),
  comment_count: z.coerce.number(),
  error: z.string(),
  model: z.string(),
  root_id: z.string(),
  ids: z.array(z.string()),
  scored: z.array(z.tuple([z.string(), z.string(), z.string(), Pairs])),
})

/** What a page of traces reads of their spans at most, in bytes: about a quarter of a million of them. */
const TOTALS_BYTES_MAX = 16 * 2 ** 20

/** Which traces or spans a page shows; times from now count from the moment of the request. */
export interface PageOf {
  readonly filter: Filter | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

const ROOT_COLUMNS = sql`trace_id, id, toUnixTimestamp64Milli(spans.time) AS time, name, created,
  start_time AS start, end_time AS end, input, output, user, tags`

export const traceQueries = (
  ch: ClickHouse,
  bounded: Bounded,
  ledger: ReturnType<typeof ledgerQueries>,
) => {
  /** What lies below the roots of a page, by trace. Throws what `isTooMuch` knows for more than a page may hold. */
  async function totals(spans: Sql, isPage: boolean) {
    const rows = await ch.rows(
      TotalsRow,
      sql`SELECT
            trace_id,
            count() AS span_count,
            countIf(comment != '') AS comment_count,
            ${TRACE_ERROR} AS error,
            ${TRACE_MODEL} AS model,
            argMinIf(id, ${TREE_ORDER}, is_root) AS root_id,
            groupArray(id) AS ids,
            groupArrayIf(
              (id, user, toString(created), CAST(scores AS Array(Tuple(String, Float64)))),
              notEmpty(scores)
            ) AS scored
          FROM ${CURRENT_SPANS}
          WHERE ${spans}
          GROUP BY trace_id
          ${atMost(isPage ? { bytes: TOTALS_BYTES_MAX } : {})}`,
    )
    return new Map(rows.map((row) => [row.trace_id, row]))
  }

  /** Throws AppError `trace_too_large` for one trace alone, and for more what `isTooMuch` knows. */
  async function trees(projectId: string, traceIds: readonly string[], isTold: boolean) {
    try {
      const spans = spansOf(projectId, traceIds, isTold)
      return await readTrees(ch, ledger, projectId, traceIds, spans)
    } catch (cause) {
      if (!isTooMuch(cause) || traceIds.length > 1) throw cause
      const details = { trace_id: traceIds[0], spans_max: SPANS_MAX }
      throw new AppError('trace_too_large', details, { cause })
    }
  }

  return {
    /** Newest first, one row a trace, by key. `limit` is 1 to 1000. Traces whose root is missing wait for it. */
    page: async (projectId: string, { filter, limit, cursor }: PageOf): Promise<TracePage> => {
      const told = bounded.tellsTime(projectId)
      const read = { row: RootRow, columns: ROOT_COLUMNS }
      const wanted = {
        source: 'traces',
        projectId,
        filter,
        now: Date.now(),
        told,
        ...read,
      } as const
      const [page, isTold] = await Promise.all([spanPage(bounded, wanted, limit, cursor), told])
      if (page.rows.length === 0) return { traces: [], cursor: page.cursor }
      const {
        rows: roots,
        cursor: next,
        found: [below, feedback],
      } = await asManyAsFit(page, (rows) => {
        const traceIds = rows.map((root) => root.trace_id)
        const reading = totals(spansOf(projectId, traceIds, isTold), rows.length > 1)
        const feedback = ledger.ofTraces(projectId, traceIds, reading.then(tracesOfSpans))
        return Promise.all([reading, feedback])
      })
      const events = byTrace(feedback)
      // Of two spans without a parent one is the root: the other stands in its tree (tree.ts).
      const shown = roots.filter((root) => below.get(root.trace_id)?.root_id === root.id)
      return {
        traces: shown.map((root) =>
          summary(root, below.get(root.trace_id), events.get(root.trace_id) ?? []),
        ),
        cursor: next,
      }
    },

    /** The whole tree of a trace with its ledger, or null. Throws AppError `trace_too_large`. */
    find: async (projectId: string, traceId: string): Promise<Trace | null> => {
      const isTold = await bounded.tellsTime(projectId)
      const [trace] = await trees(projectId, [traceId], isTold)
      return trace ?? null
    },

    /**
     * Spans newest first, by key, each as its trace shows it. `limit` is 1 to 1000. Throws AppError
     * `trace_too_large` where the next one is in such a trace.
     */
    spans: async (projectId: string, { filter, limit, cursor }: PageOf): Promise<SpanPage> => {
      const told = bounded.tellsTime(projectId)
      const shown = { row: KeyRow, columns: KEY_COLUMNS }
      const wanted = {
        source: 'spans',
        projectId,
        filter,
        now: Date.now(),
        told,
        ...shown,
      } as const
      const [page, isTold] = await Promise.all([spanPage(bounded, wanted, limit, cursor), told])
      const {
        rows,
        cursor: next,
        found,
      } = await asManyAsFit(page, (some) =>
        trees(projectId, [...new Set(some.map((row) => row.trace_id))], isTold),
      )
      const spans = new Map(found.flatMap((trace) => trace.spans.map((span) => [span.id, span])))
      return { spans: rows.flatMap((row) => spans.get(row.id) ?? []), cursor: next }
    },
  }
}

const KeyRow = z.object({ time: z.coerce.number(), id: z.string(), trace_id: z.string() })
const KEY_COLUMNS = sql`toUnixTimestamp64Milli(spans.time) AS time, id, trace_id`

const tracesOfSpans = (totals: ReadonlyMap<string, z.output<typeof TotalsRow>>) =>
  new Map([...totals].flatMap(([traceId, { ids }]) => ids.map((id) => [id, traceId] as const)))

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
    error: totals?.error || null,
    model: totals?.model || null,
    user: root.user || null,
    span_count: totals?.span_count ?? 1,
    scores: averages(tally(judgements(own, feedback.map(asVote)))),
    feedback_count: feedback.length,
    comment_count: (totals?.comment_count ?? 0) + comments([], feedback).length,
    correction_count: feedback.filter((f) => f.expected !== null).length,
  }
}
