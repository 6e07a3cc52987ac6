import { z } from 'zod'

/**
 * What `GET /v1/live` sends as server-sent events named `change`: what was written, already
 * readable. An event named `reset` (empty data) says that events were missed: read everything anew.
 */
export const Change = z.object({
  traces: z.array(z.string()).describe('Ids of traces whose spans or feedback changed.'),
  feedback: z.array(z.string()).describe('Ids of new feedback, attached or pending.'),
  experiments: z
    .array(z.string())
    .describe('Ids of experiments that are new, or whose rows or feedback changed.'),
  datasets: z.array(z.string()).describe('Ids of datasets that are new, or whose records changed.'),
  projects: z.boolean().describe('A project was made.'),
})

export type Change = z.output<typeof Change>
