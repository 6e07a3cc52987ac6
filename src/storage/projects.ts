import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { ProjectRef } from '../wire/common.ts'
import { Project, type ProjectSummary } from '../wire/projects.ts'
import type { Catalog } from './catalog.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { Bounded } from './filter/bounded.ts'
import { sql } from './sql.ts'

/** The projects of this server: names are unique, ids are UUIDs, both stay. */
export class Projects {
  readonly #bounded: Bounded
  readonly #catalog: Catalog
  readonly #onCreated: () => void
  readonly #byName = new Map<string, Promise<Project>>()
  readonly #byId = new Map<string, Project>()

  constructor(bounded: Bounded, catalog: Catalog, onCreated: () => void) {
    this.#bounded = bounded
    this.#catalog = catalog
    this.#onCreated = onCreated
    for (const project of catalog.list('project', Project)) this.#add(project)
  }

  /** The project of a request that reads. Throws AppError `project_not_found`, or names the missing field. */
  async find(ref: ProjectRef): Promise<Project> {
    const { project_id, project_name } = named(ref)
    const project =
      project_id === undefined
        ? await this.#byName.get(project_name ?? '')
        : this.#byId.get(project_id.toLowerCase())
    if (!project) throw new AppError('project_not_found', ref)
    return project
  }

  /** The project of a request that writes: one that is named is made when it is not there. */
  async ensure(ref: ProjectRef): Promise<Project> {
    const { project_id, project_name } = named(ref)
    if (project_id !== undefined || project_name === undefined) return this.find(ref)
    const known = this.#byName.get(project_name)
    if (known) return known
    const created = this.#create(project_name)
    this.#byName.set(project_name, created) // at once, so that two requests make one project
    created.catch(() => this.#byName.delete(project_name))
    return created
  }

  /** All projects, without their totals. */
  all(): Project[] {
    return [...this.#byId.values()]
  }

  /** All projects with their totals, the most recently active first. */
  async list(): Promise<ProjectSummary[]> {
    const Totals = z.object({
      project_id: z.string(),
      trace_count: z.coerce.number(),
      feedback_count: z.coerce.number(),
      pending_count: z.coerce.number(),
      last_activity: z.string(),
    })
    const rows = await this.#bounded.wide(
      Totals,
      sql`SELECT
            project_id,
            sum(traces) AS trace_count,
            sum(events) AS feedback_count,
            sum(pending) AS pending_count,
            max(last) AS last_activity
          FROM (
            SELECT project_id, toInt64(countIf(is_root)) AS traces, 0 AS events, 0 AS pending,
              max(created) AS last
            FROM ${CURRENT_SPANS} GROUP BY project_id
            UNION ALL
            -- A trace with several roots is one trace; those that may have are found without FINAL.
            SELECT project_id, -toInt64(count() - 1), 0, 0, max(created)
            FROM ${CURRENT_SPANS}
            WHERE is_root AND (project_id, trace_id) IN (
              SELECT project_id, trace_id FROM spans WHERE is_root
              GROUP BY project_id, trace_id HAVING count() > 1)
            GROUP BY project_id, trace_id
            UNION ALL
            SELECT project_id, 0, count(),
              countIf((project_id, target) NOT IN (
                SELECT project_id, id FROM ${CURRENT_SPANS} WHERE id IN (SELECT target FROM feedback)
              )),
              max(judged_at)
            FROM feedback FINAL GROUP BY project_id
          )
          GROUP BY project_id`,
    )
    const totals = new Map(rows.map(({ project_id, ...row }) => [project_id, row]))
    const none = { trace_count: 0, feedback_count: 0, pending_count: 0, last_activity: null }
    return [...this.#byId.values()]
      .map((project) => ({ ...project, ...(totals.get(project.id) ?? none) }))
      .sort((a, b) => (activity(a) > activity(b) ? -1 : 1))
  }

  async #create(name: string): Promise<Project> {
    const project = { id: randomUUID(), name, created: new Date().toISOString() }
    await this.#catalog.put('project', project.id, project)
    this.#add(project)
    this.#onCreated()
    return project
  }

  #add(project: Project): void {
    this.#byId.set(project.id, project)
    this.#byName.set(project.name, Promise.resolve(project))
  }
}

const activity = (project: ProjectSummary) => project.last_activity ?? project.created

function named(ref: ProjectRef): ProjectRef {
  if (ref.project_id !== undefined || ref.project_name !== undefined) return ref
  const message = 'project_name or project_id is needed'
  throw new AppError('invalid_request', [{ field: 'project_name', message }])
}
