import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { parseHeedId } from './id.ts'
import { sql, strs, uuid } from './sql.ts'
import type { Commit } from './writer.ts'
import type { Changed, FeedbackWrite } from './writes.ts'

/** Appends the events of several requests to the ledger: resolves when all is committed and synced. */
export const commitFeedback =
  (ch: ClickHouse): Commit<FeedbackWrite> =>
  async (group) => {
    const events = group.flatMap(({ items }) => items)
    await ch.insert(
      'feedback',
      group.flatMap(({ items, xactId }) => items.map((event) => ledgerRow(event, xactId))),
    )
    const projectIds = [...new Set(events.map((event) => event.projectId))]
    return () =>
      Promise.all(
        projectIds.map((id) =>
          changedBy(
            ch,
            id,
            events.filter((event) => event.projectId === id),
          ),
        ),
      )
  }

/** A UInt64. What counts down from it lets the first delivery of an event stand, whatever comes again. */
const PRECEDENCE_MAX = 2n ** 64n - 1n

function ledgerRow(event: FeedbackWrite, xactId: string) {
  return {
    project_id: event.projectId,
    target_trace: parseHeedId(event.target)?.traceId ?? '',
    target: event.target,
    feedback_id: event.feedbackId,
    xact_id: xactId,
    judged_at: event.judgedAt,
    ordered_at: event.orderedAt,
    user: event.user,
    source: event.source,
    scores: Object.fromEntries(event.scores.filter(([, value]) => value !== null)),
    retracts: event.scores.filter(([, value]) => value === null).map(([name]) => name),
    expected: event.expected,
    comment: event.comment,
    replaces: event.replaces,
    reply_to: event.replyTo,
    tags: event.tags,
    metadata: event.metadata,
    precedence: event.isNamedByContent ? xactId : String(PRECEDENCE_MAX - BigInt(xactId)),
  }
}

/** The traces of the judged spans; opaque ids must be looked up. */
async function changedBy(
  ch: ClickHouse,
  projectId: string,
  events: readonly FeedbackWrite[],
): Promise<Changed> {
  const TraceRow = z.object({ trace_id: z.string() })
  const known = events.flatMap((event) => parseHeedId(event.target)?.traceId ?? [])
  const opaque = events.map((event) => event.target).filter((target) => !parseHeedId(target))
  const found = opaque.length
    ? await ch.rows(
        TraceRow,
        sql`SELECT DISTINCT trace_id FROM spans
            WHERE project_id = ${uuid(projectId)} AND id IN ${strs(opaque)}`,
      )
    : []
  return {
    projectId,
    traceIds: [...new Set([...known, ...found.map((row) => row.trace_id)])],
    feedbackIds: events.map((event) => event.feedbackId),
  }
}
