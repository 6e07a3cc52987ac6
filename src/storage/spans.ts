import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Span } from '../wire/traces.ts'
import type { ClickHouse } from './clickhouse.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import { parseHeedId } from './id.ts'
import type { RowJson } from './merge.ts'
import { payloadsOf, rowOfPayload } from './payload-row.ts'
import { int, type Sql, sql, str, uuid } from './sql.ts'
import type { traceQueries } from './traces.ts'

/** The one place where a row can lie, where its id tells: it spares the index. */
function timeOf(id: string): Sql {
  const heed = parseHeedId(id)
  return heed ? sql`AND time = fromUnixTimestamp64Milli(${int(heed.millis)})` : sql``
}

export const spanQueries = (ch: ClickHouse, traces: ReturnType<typeof traceQueries>) => {
  /** A Heed id tells its trace; for another one the span is asked first. */
  async function traceOf(projectId: string, id: string, at: Sql) {
    const told = parseHeedId(id)?.traceId
    if (told !== undefined) return traces.find(projectId, told)
    const Found = z.object({ trace_id: z.string() })
    const [span] = await ch.rows(Found, sql`SELECT trace_id FROM ${CURRENT_SPANS} WHERE ${at}`)
    return span ? traces.find(projectId, span.trace_id) : null
  }

  return {
    /** One span, whole, with the averages of its subtree. Throws AppError `span_not_found`. */
    get: async (projectId: string, id: string): Promise<Span> => {
      const at = sql`project_id = ${uuid(projectId)} AND id = ${str(id)} ${timeOf(id)}`
      const finding = traceOf(projectId, id, at).then((trace) =>
        trace?.spans.find((other) => other.id === id),
      )
      const [summary, [payload]] = await Promise.all([
        finding,
        payloadsOf(
          ch,
          at,
          finding.then((span) => (span ? [span] : [])),
        ),
      ])
      if (!summary || !payload) throw new AppError('span_not_found', { id })
      return { ...summary, project_id: projectId, ...details(rowOfPayload(payload)) }
    },
  }
}

function details(row: RowJson) {
  const object = (value: RowJson[string] | undefined) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  const { input, output, expected, error, metadata, span_attributes, context, ...rest } = row
  const comment = typeof row.comment === 'string' ? row.comment : object(row.comment)?.text
  return {
    input: input ?? null,
    output: output ?? null,
    expected: expected ?? null,
    error_detail: error ?? null,
    metadata: metadata ?? null,
    span_attributes: object(span_attributes),
    context: context ?? null,
    comment: typeof comment === 'string' ? comment : null,
    rest,
  }
}
