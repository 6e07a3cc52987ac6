import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Span } from '../wire/traces.ts'
import type { ClickHouse } from './clickhouse.ts'
import { parseHeedId } from './id.ts'
import type { RowJson } from './merge.ts'
import { PayloadRow, rowOfPayload } from './payload-row.ts'
import { int, type Sql, sql, str, uuid } from './sql.ts'
import type { traceQueries } from './traces.ts'

/** The one place where a row can lie, where its id tells: it spares the index. */
function timeOf(id: string): Sql {
  const heed = parseHeedId(id)
  return heed ? sql`AND time = fromUnixTimestamp64Milli(${int(heed.millis)})` : sql``
}

export const spanQueries = (ch: ClickHouse, traces: ReturnType<typeof traceQueries>) => ({
  /** One span, whole, with the averages of its subtree. Throws AppError `span_not_found`. */
  get: async (projectId: string, id: string): Promise<Span> => {
    const Found = z.object({ trace_id: z.string(), xact_id: z.string() })
    const at = sql`project_id = ${uuid(projectId)} AND id = ${str(id)} ${timeOf(id)}`
    // A Heed id tells its trace: nothing has to be read first.
    const known = parseHeedId(id)?.traceId
    const early = known === undefined ? undefined : traces.find(projectId, known)
    const [[span], [payload], found] = await Promise.all([
      ch.rows(Found, sql`SELECT trace_id, xact_id FROM spans FINAL WHERE ${at}`),
      ch.rows(
        PayloadRow,
        sql`SELECT input, output, expected, error, metadata, rest FROM payloads FINAL WHERE ${at}`,
      ),
      early,
    ])
    if (!span || !payload) throw new AppError('span_not_found', { id })
    const trace = found ?? (await traces.find(projectId, span.trace_id))
    const summary = trace?.spans.find((other) => other.id === id)
    if (!summary) throw new AppError('span_not_found', { id })
    return {
      ...summary,
      project_id: projectId,
      xact_id: span.xact_id,
      ...details(rowOfPayload(payload)),
    }
  },
})

function details(row: RowJson) {
  const object = (value: RowJson[string] | undefined) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  const comment = typeof row.comment === 'string' ? row.comment : object(row.comment)?.text
  return {
    input: row.input ?? null,
    output: row.output ?? null,
    expected: row.expected ?? null,
    error_detail: row.error ?? null,
    metadata: object(row.metadata),
    span_attributes: object(row.span_attributes),
    context: row.context ?? null,
    comment: typeof comment === 'string' ? comment : null,
  }
}
