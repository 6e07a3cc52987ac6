import { Hono } from 'hono'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import { BtqlRequest } from '../../wire/btql.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { flawOf } from '../flaw.ts'
import {
  assertNoVersion,
  experimentContainer,
  logsContainer,
  REQUEST_BYTES_MAX,
} from './requests.ts'

/** What a page holds where the request does not say. */
const LIMIT = 1000

/** `POST /btql`: rows of logs, experiments and datasets, as the official SDKs ask for them. */
export const btqlRoutes = ({ btql, datasets, experiments, projects }: Storage) =>
  new Hono<Env>().post('/btql', async (c) => {
    const { value } = await readJson(c, REQUEST_BYTES_MAX)
    const flaw = flawOf(value)
    if (flaw) throw new AppError('invalid_request', [flaw])
    const { query, version } = check(BtqlRequest, value)
    const source = query.from.name.name[0]
    const [{ value: id }] = query.from.args
    const question = {
      filter: query.filter ?? undefined,
      limit: query.limit ?? LIMIT,
      cursor: query.cursor ?? undefined,
    }
    if (source === 'dataset') {
      const at = version ?? undefined
      const page = await btql.records(datasets.find(id), { ...question, version: at })
      return c.json({ data: page.rows, cursor: page.cursor })
    }
    assertNoVersion(version)
    const container =
      source === 'experiment'
        ? experimentContainer(experiments.find(id))
        : logsContainer(await projects.find({ project_id: id }))
    const page = await btql.spans(container, question)
    return c.json({ data: page.rows, cursor: page.cursor })
  })
