import { type Sql, sql, strs, uuid } from '../sql.ts'

/**
 * What the parts of a filter that look beyond one row may read: conditions on the rows of each table
 * that keep every row of the traces in question, and as few others as they can.
 */
export interface Scope {
  /** On any table: `project_id = …`. */
  readonly project: Sql
  readonly spans: Sql
  readonly payloads: Sql
  readonly feedback: Sql
}

/** The whole project. */
export function everything(projectId: string): Scope {
  const project = sql`project_id = ${uuid(projectId)}`
  return { project, spans: project, payloads: project, feedback: project }
}

/** Some traces, whole: their spans, payloads and feedback. */
export function someTraces(projectId: string, traceIds: readonly string[]): Scope {
  const project = sql`project_id = ${uuid(projectId)}`
  const traces = strs(traceIds)
  const spans = sql`${project} AND trace_id IN ${traces}`
  return {
    project,
    spans,
    payloads: sql`${project} AND (time, id) IN (SELECT time, id FROM spans WHERE ${spans})`,
    // Feedback on ids that do not tell their trace is found by the ids.
    feedback: sql`${project} AND (target_trace IN ${traces} OR target_trace = '' AND target IN (
      SELECT id FROM spans WHERE ${spans}))`,
  }
}
