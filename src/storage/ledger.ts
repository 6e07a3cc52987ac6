import { z } from 'zod'
import type { Feedback, FeedbackPage } from '../wire/feedback.ts'
import type { Filter } from '../wire/filter.ts'
import type { ClickHouse } from './clickhouse.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import type { Bounded } from './filter/bounded.ts'
import { condition } from './filter/compile.ts'
import { everything } from './filter/scope.ts'
import { parseHeedId } from './id.ts'
import { int, join, type Sql, sql, str, strs, uuid } from './sql.ts'
import { withIds } from './stored-rows.ts'
import { compareText } from './text-order.ts'
import { parseMicros } from './time.ts'

const Row = z.object({
  target_trace: z.string(),
  target: z.string(),
  feedback_id: z.string(),
  judged_at: z.string(),
  ordered_at: z.string(),
  user: z.string(),
  source: z.enum(['app', 'api', 'external']),
  scores: z.array(z.tuple([z.string(), z.number()])),
  retracts: z.array(z.string()),
  expected: z.string(),
  comment: z.string(),
  replaces: z.string(),
  reply_to: z.string(),
  tags: z.array(z.string()),
  metadata: z.string(),
})

type LedgerRow = z.output<typeof Row>

const ORDER = sql`ORDER BY ordered_at, feedback_id`

/** A map would lose the order of names, and a name such as `__proto__`. */
const COLUMNS = sql`target_trace, target, feedback_id, judged_at, ordered_at, user, source,
  CAST(scores AS Array(Tuple(String, Float64))) AS scores, retracts, expected, comment,
  replaces, reply_to, tags, metadata`

/** What a page of feedback may be narrowed to. */
export interface FeedbackFilter {
  readonly status?: 'attached' | 'pending' | undefined
  /** Row id of the judged span. */
  readonly target?: string | undefined
  readonly filter?: Filter | undefined
}

export const ledgerQueries = (ch: ClickHouse, bounded: Bounded) => {
  /** The traces of those judged spans that have arrived, by row id. */
  async function arrived(projectId: string, targets: readonly string[]) {
    const Found = z.object({ id: z.string(), trace_id: z.string() })
    const asked = [...new Set(targets)].map((id) => ({ id, millis: parseHeedId(id)?.millis }))
    const found = await Promise.all(
      withIds(asked).map((where) =>
        ch.rows(
          Found,
          sql`SELECT id, trace_id FROM ${CURRENT_SPANS}
              WHERE project_id = ${uuid(projectId)} AND ${where}`,
        ),
      ),
    )
    return new Map(found.flat().map((row) => [row.id, row.trace_id]))
  }

  const select = (projectId: string, where: Sql, end: Sql) =>
    ch.rows(
      Row,
      sql`SELECT ${COLUMNS} FROM feedback FINAL
          WHERE project_id = ${uuid(projectId)} AND ${where} ${end}`,
    )

  async function attached(projectId: string, rows: readonly LedgerRow[]): Promise<Feedback[]> {
    const traces = await arrived(
      projectId,
      rows.map((row) => row.target),
    )
    return rows.map((row) => toFeedback(row, traces.get(row.target)))
  }

  return {
    /** One event, or null. Readable as soon as its write was acknowledged. */
    get: async (projectId: string, feedbackId: string): Promise<Feedback | null> => {
      const rows = await select(
        projectId,
        sql`feedback_id = ${str(feedbackId)}`,
        sql`ORDER BY xact_id DESC LIMIT 1`,
      )
      const [found] = await attached(projectId, rows)
      return found ?? null
    },

    /**
     * All events on the spans of some traces, in the order that decides whose vote and whose edit is the
     * newest: oldest first, and of one moment by id, as feedback ids of one process grow. Those on Heed ids
     * are read while `spans`, the arrived spans by row id with their traces, is still on its way.
     */
    ofTraces: async (
      projectId: string,
      traceIds: readonly string[],
      spans: Promise<ReadonlyMap<string, string>>,
    ): Promise<Feedback[]> => {
      const onHeedIds = select(projectId, sql`target_trace IN ${strs(traceIds)}`, ORDER)
      const [rows, known] = await Promise.all([onHeedIds, spans])
      const opaque = [...known.keys()].filter((id) => !parseHeedId(id))
      const others = opaque.length
        ? await select(projectId, sql`target_trace = '' AND target IN ${strs(opaque)}`, ORDER)
        : []
      const all = others.length ? [...rows, ...others].sort(inOrder) : rows
      return all.flatMap((row) => {
        const traceId = known.get(row.target)
        return traceId === undefined ? [] : [toFeedback(row, traceId)]
      })
    },

    /** Newest first, by key. `limit` is 1 to 1000. */
    page: async (
      projectId: string,
      filter: FeedbackFilter,
      limit: number,
      cursor?: string,
    ): Promise<FeedbackPage> => {
      const { status } = filter
      const parts: Filter[] = [
        ...(filter.filter ? [filter.filter] : []),
        ...(status ? [{ field: ['status'], op: '=' as const, value: status }] : []),
      ]
      const asked = {
        source: 'feedback' as const,
        scope: everything(projectId),
        now: Date.now(),
      }
      const target =
        filter.target === undefined
          ? sql``
          : sql`AND target_trace = ${str(parseHeedId(filter.target)?.traceId ?? '')}
                AND target = ${str(filter.target)}`
      // Which ones first, by few columns: the texts of all others are not read.
      const which = join(
        [
          sql`project_id = ${uuid(projectId)} ${target}`,
          ...(cursor === undefined ? [] : [before(decodeCursor(cursor))]),
          ...parts.map((part) => condition(part, asked)),
        ],
        ' AND ',
      )
      const newest = sql`ORDER BY judged_at DESC, feedback_id DESC, target DESC LIMIT ${int(limit + 1)}`
      const rows = await bounded.rows(
        Row,
        sql`SELECT ${COLUMNS} FROM feedback FINAL
            WHERE project_id = ${uuid(projectId)} AND (target_trace, target, feedback_id) IN (
              SELECT target_trace, target, feedback_id FROM feedback FINAL
              WHERE ${which} ${newest})
            ${newest}`,
      )
      const feedback = await attached(projectId, rows.slice(0, limit))
      const last = feedback.at(-1)
      return {
        feedback,
        cursor:
          rows.length > limit && last
            ? encodeCursor({
                time: parseMicros(last.created),
                id: last.feedback_id,
                target: last.id,
              })
            : null,
      }
    },
  }
}

const before = ({ time, id, target = '' }: Cursor) =>
  sql`(judged_at, feedback_id, target)
    < (fromUnixTimestamp64Micro(${int(time)}), ${str(id)}, ${str(target)})`

/** As `ORDER` has it; the times are text of fixed width. */
const inOrder = (a: LedgerRow, b: LedgerRow) =>
  compareText(a.ordered_at, b.ordered_at) || compareText(a.feedback_id, b.feedback_id)

function toFeedback(row: LedgerRow, traceId: string | undefined): Feedback {
  const values = row.scores.map(([name, value]) => ({ name, value }))
  const retracted = row.retracts.map((name) => ({ name, value: null }))
  return {
    feedback_id: row.feedback_id,
    id: row.target,
    trace_id: traceId ?? null,
    status: traceId === undefined ? 'pending' : 'attached',
    user: row.user || null,
    source: row.source,
    scores: [...values, ...retracted],
    expected: row.expected === '' ? null : JSON.parse(row.expected),
    comment: row.comment || null,
    replaces: row.replaces || null,
    reply_to: row.reply_to || null,
    tags: row.tags,
    metadata: row.metadata === '' ? null : JSON.parse(row.metadata),
    created: row.judged_at,
  }
}
