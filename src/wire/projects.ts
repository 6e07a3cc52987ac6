import { z } from 'zod'

/** A project: keys, rows and settings belong to one. */
export const Project = z.object({
  id: z.string(),
  name: z.string(),
  created: z.string(),
})

/** A project in the list, with what is going on in it. */
export const ProjectSummary = Project.extend({
  trace_count: z.number().int(),
  feedback_count: z.number().int(),
  pending_count: z.number().int().describe('Feedback whose span has not arrived.'),
  last_activity: z.string().nullable().describe('Newest trace or feedback, ISO 8601.'),
})

/** `GET /v1/projects`: the most recently active first. */
export const ProjectList = z.object({ org: z.string(), projects: z.array(ProjectSummary) })

export type Project = z.output<typeof Project>
export type ProjectSummary = z.output<typeof ProjectSummary>
export type ProjectList = z.output<typeof ProjectList>
