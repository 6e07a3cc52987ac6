import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Storage } from '../../storage/index.ts'
import type { Json } from '../../wire/common.ts'
import { FeedbackItems, FetchEvents, InsertEvents } from '../../wire/rest.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import type { Ingestion } from '../ingestion.ts'
import {
  assertNoVersion,
  experimentContainer,
  logsContainer,
  REQUEST_BYTES_MAX,
} from './requests.ts'

/** How many rows are fetched where the request does not say. */
const LIMIT = 100

type Fetch = (
  id: string,
  asked: { limit: number; cursor: string | undefined; version: string | undefined },
) => Promise<{ rows: readonly unknown[]; cursor: string | null }>

/** One of the three things that hold rows. */
interface Holder {
  readonly path: string
  /** The field of a row that says where it belongs. */
  readonly field: 'project_id' | 'dataset_id' | 'experiment_id'
  /** Throws AppError where there is none with that id. */
  readonly find: (id: string) => Promise<{ readonly id: string }>
  readonly fetch: Fetch
}

/** Rows of a project's logs, of datasets and of experiments, for who calls by hand: insert, fetch, feedback. */
export function restRowRoutes(storage: Storage, { admitted, storeAny }: Ingestion) {
  const routes = new Hono<Env>()
  for (const { path, field, find, fetch } of holders(storage)) {
    const fetched = async (c: Context, id: string, query: unknown) => {
      const { limit, cursor, version } = check(FetchEvents, query)
      const page = await fetch(id, {
        limit: limit ?? LIMIT,
        cursor: cursor ?? undefined,
        version: version ?? undefined,
      })
      return c.json({ events: page.rows, cursor: page.cursor })
    }
    routes
      .post(`/v1/${path}/:id/insert`, (c) =>
        admitted(c, async ({ value, bytes, brokenMark }) => {
          const { id } = await find(c.req.param('id'))
          const rows = check(InsertEvents, value).events.map((event) => placed(event, field, id))
          const sent = { rows, feedback: [], project: {}, skew: 0, brokenMark }
          const { rejected } = await storeAny(sent, bytes)
          return c.json({ row_ids: rows.map(idOf), rejected })
        }),
      )
      .post(`/v1/${path}/:id/feedback`, (c) =>
        admitted(c, async ({ value, bytes, brokenMark }) => {
          const container = await find(c.req.param('id'))
          const { feedback } = check(FeedbackItems, value)
          const sent = { rows: [], feedback, project: {}, container, skew: 0, brokenMark }
          const { rejected } = await storeAny(sent, bytes)
          return c.json({ status: 'success', rejected })
        }),
      )
      .post(`/v1/${path}/:id/fetch`, async (c) =>
        fetched(c, c.req.param('id'), (await readJson(c, REQUEST_BYTES_MAX)).value),
      )
      .get(`/v1/${path}/:id/fetch`, (c) => fetched(c, c.req.param('id'), c.req.query()))
  }
  return routes
}

function holders({ btql, datasets, experiments, projects }: Storage): Holder[] {
  const project = (id: string) => projects.find({ project_id: id })
  return [
    {
      path: 'project_logs',
      field: 'project_id',
      find: project,
      fetch: async (id, { version, ...asked }) => {
        assertNoVersion(version)
        return btql.spans(logsContainer(await project(id)), asked)
      },
    },
    {
      path: 'experiment',
      field: 'experiment_id',
      find: async (id) => experiments.find(id),
      fetch: async (id, { version, ...asked }) => {
        assertNoVersion(version)
        return btql.spans(experimentContainer(experiments.find(id)), asked)
      },
    },
    {
      path: 'dataset',
      field: 'dataset_id',
      find: async (id) => datasets.find(id),
      fetch: async (id, asked) => btql.records(datasets.find(id), asked),
    },
  ]
}

/**
 * The event as a row of `/logs3`; what is no object stays so, and is refused by its index. The address says
 * where it belongs: the keys that say so in a row are those of where it was fetched.
 */
function placed(event: unknown, field: Holder['field'], containerId: string): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event
  const { project_id, project_name, log_id, experiment_id, dataset_id, ...row } = event as {
    [key: string]: Json
  }
  return { ...row, id: row.id ?? randomUUID(), [field]: containerId }
}

const idOf = (row: unknown) =>
  typeof row === 'object' && row !== null && 'id' in row ? row.id : null
