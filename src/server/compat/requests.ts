import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { Name, type ProjectRef } from '../../wire/common.ts'
import type { Experiment } from '../../wire/experiments.ts'

/** Of a request that holds no rows, in bytes. */
export const REQUEST_BYTES_MAX = 2 ** 20

/** How the official SDKs name a project: the Python one says null for what it does not say. */
export const ProjectNames = z.object({
  project_id: z.uuid('must be a UUID').nullish(),
  project_name: Name.nullish(),
})

/** The same, without the nulls. */
export const namedProject = (names: z.output<typeof ProjectNames>): ProjectRef => ({
  ...(names.project_id ? { project_id: names.project_id } : {}),
  ...(names.project_name ? { project_name: names.project_name } : {}),
})

/** Where the rows of a project's logs lie, and how they say so. */
export const logsContainer = ({ id }: { readonly id: string }) => ({
  id,
  names: { project_id: id, log_id: 'g' },
})

export const experimentContainer = ({ id, project_id }: Experiment) => ({
  id,
  names: { project_id, experiment_id: id },
})

/** Of a request for rows of logs or of an experiment. Throws AppError `invalid_request`. */
export function assertNoVersion(version: string | null | undefined): void {
  if (version === undefined || version === null) return
  const message = 'names a version of a dataset; logs and experiments have none'
  throw new AppError('invalid_request', [{ field: 'version', message }])
}
