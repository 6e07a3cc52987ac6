import type { Context } from 'hono'

/** The requests that come before the first row. All are answered from memory, or add an entry to the catalog. */
const FIRST_CONTACTS = new Set([
  'POST /api/apikey/login',
  'GET /version',
  'GET /api/project',
  'POST /api/project/get',
  'POST /api/project/register',
  'POST /api/dataset/register',
  'POST /api/experiment/register',
  'POST /api/dataset_snapshot/get',
  'POST /api/experiment/get',
  'POST /api/base_experiment/get_id',
  'POST /api/self/get_object_info',
  // PyPI 0.48.1 registers by REST.
  'POST /v1/project',
  'POST /v1/dataset',
  'POST /v1/experiment',
])

/** What the same SDK asks for where it is given an id. */
const BY_ID = /^\/v1\/(project|dataset|experiment)\/[^/]+$/

/**
 * Whether an official SDK asks this once, before it sends anything: if it is refused, all rows of that logger,
 * dataset or experiment are dropped, for as long as the process lives.
 */
export function isFirstContact({ req: { method, path } }: Context): boolean {
  return FIRST_CONTACTS.has(`${method} ${path}`) || (method === 'GET' && BY_ID.test(path))
}
