import { z } from 'zod'
import type { Feedback } from '../../wire/feedback.ts'
import { averages, judgements, tally } from '../averages.ts'
import { append } from '../by-project.ts'
import type { ClickHouse } from '../clickhouse.ts'
import { comments } from '../comments.ts'
import { CURRENT_SPANS } from '../current-spans.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { ledgerQueries } from '../ledger.ts'
import type { RowJson } from '../merge.ts'
import { fitting } from '../page-bytes.ts'
import { currentPayloads, payloadsOf, rowOfPayload } from '../payload-row.ts'
import { int, type Sql, sql, str, strs, uuid } from '../sql.ts'
import { filedAt } from '../stored-rows.ts'
import { asVote, named, Pairs } from '../trees.ts'
import type { Found } from './scan.ts'

const Placed = z.object({ id: z.string(), millis: z.coerce.number() })

const SpanRow = z.object({
  id: z.string(),
  xact_id: z.string(),
  trace_id: z.string(),
  span_id: z.string(),
  span_parents: z.array(z.string()),
  is_root: z.number().transform(Boolean),
  created: z.string(),
  user: z.string(),
  comment: z.string(),
  scores: Pairs,
})

/** The container that rows lie in, and how it is named in them. */
export interface Container {
  readonly id: string
  readonly names: RowJson
}

const ofContainer = (container: Container) => sql`project_id = ${uuid(container.id)}`

const these = (container: Container, placed: readonly z.output<typeof Placed>[]): Sql => {
  const times = [...new Set(placed.map(({ millis }) => millis))]
  return sql`${ofContainer(container)} AND ${filedAt(sql`time`, times)}
    AND id IN ${strs(placed.map(({ id }) => id))}`
}

/**
 * Whole rows of a project's logs or of an experiment, newest first by the time they are filed under,
 * after a cursor. What people said is in them: votes as the mean of each score, the newest correction
 * as `expected`, tags, and `comments`.
 */
export const spanRowReader = (ch: ClickHouse, ledger: ReturnType<typeof ledgerQueries>) => {
  return async (
    container: Container,
    where: Sql,
    limit: number,
    cursor: string | undefined,
  ): Promise<Found[]> => {
    const after = cursor === undefined ? null : decodeCursor(cursor)
    // Without FINAL this reads backwards from the newest and stops early.
    const placed = await ch.rows(
      Placed,
      sql`SELECT id, toUnixTimestamp64Milli(time) AS millis FROM spans
          WHERE ${ofContainer(container)} AND ${where} AND ${
            after
              ? sql`(time, id) < (fromUnixTimestamp64Milli(${int(after.time)}, 'UTC'), ${str(after.id)})`
              : sql`1`
          }
          ORDER BY time DESC, id DESC LIMIT 1 BY time, id LIMIT ${int(limit)}`,
    )
    if (placed.length === 0) return []
    const sizes = await sizesOf(container, placed)
    const taken = fitting(placed.map((one) => ({ ...one, bytes: sizes.get(one.id) ?? 0 })))
    const rows = await wholeRows(container, taken)
    return taken.map(({ id, millis, bytes }) => ({
      row: rows.get(id) ?? null,
      cursor: encodeCursor({ time: millis, id }),
      bytes,
    }))
  }

  async function sizesOf(container: Container, placed: readonly z.output<typeof Placed>[]) {
    const Size = z.object({ id: z.string(), bytes: z.coerce.number() })
    const rows = await ch.rows(
      Size,
      sql`SELECT id, length(input) + length(output) + length(expected) + length(error)
            + length(metadata) + length(rest) AS bytes
          FROM ${currentPayloads(these(container, placed))}`,
    )
    return new Map(rows.map(({ id, bytes }) => [id, bytes]))
  }

  async function wholeRows(container: Container, placed: readonly z.output<typeof Placed>[]) {
    const which = these(container, placed)
    const reading = ch.rows(
      SpanRow,
      sql`SELECT id, xact_id, trace_id, span_id, span_parents, is_root, created, user, comment,
            CAST(scores AS Array(Tuple(String, Float64))) AS scores
          FROM ${CURRENT_SPANS} WHERE ${which}`,
    )
    const [spans, payloads] = await Promise.all([reading, payloadsOf(ch, which, reading)])
    const feedback = await feedbackOn(container, spans)
    const whole = new Map(payloads.map((payload) => [payload.id, rowOfPayload(payload)]))
    return new Map(
      spans.map((span) => [
        span.id,
        wireRow(container, span, whole.get(span.id) ?? {}, feedback.get(span.id) ?? []),
      ]),
    )
  }

  async function feedbackOn(container: Container, spans: readonly z.output<typeof SpanRow>[]) {
    const traceOf = new Map(spans.map((span) => [span.id, span.trace_id]))
    const events = await ledger.ofTraces(
      container.id,
      [...new Set(traceOf.values())],
      Promise.resolve(traceOf),
    )
    const byTarget = new Map<string, Feedback[]>()
    for (const event of events) append(byTarget, event.id, event)
    return byTarget
  }
}

function wireRow(
  container: Container,
  span: z.output<typeof SpanRow>,
  row: RowJson,
  feedback: readonly Feedback[],
): RowJson {
  const { project_id, project_name, org_id, _audit_source, _audit_metadata, ...rest } = row
  const judged = averages(
    tally(judgements([{ ...span, scores: named(span.scores) }], feedback.map(asVote))),
  )
  const logged = isObject(row.scores) ? row.scores : {}
  const correction = feedback.findLast((event) => event.expected !== null)
  const tags = [...new Set([...strings(row.tags), ...feedback.flatMap((event) => event.tags)])]
  return {
    ...rest,
    ...container.names,
    id: span.id,
    _xact_id: span.xact_id,
    _pagination_key: `p${span.xact_id}`,
    created: span.created,
    span_id: span.span_id || span.id,
    root_span_id: span.trace_id || span.id,
    span_parents: span.span_parents.length > 0 ? span.span_parents : null,
    is_root: span.is_root,
    input: row.input ?? null,
    output: row.output ?? null,
    expected: correction?.expected ?? row.expected ?? null,
    error: row.error ?? null,
    metadata: row.metadata ?? null,
    metrics: row.metrics ?? null,
    span_attributes: row.span_attributes ?? null,
    scores: Object.fromEntries([
      ...Object.entries(logged),
      ...judged.map(({ name, mean }) => [name, mean] as const),
    ]),
    tags: tags.length > 0 ? tags : null,
    origin: row.origin ?? null,
    comments: comments([span], feedback).map(({ feedback_id, user, created, text }) => ({
      id: feedback_id,
      user,
      created,
      comment: { text },
    })),
  }
}

const isObject = (
  value: RowJson[string] | undefined,
): value is { [key: string]: RowJson[string] } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const strings = (value: RowJson[string] | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
