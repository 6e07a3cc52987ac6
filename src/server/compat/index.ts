import { Hono } from 'hono'
import type { Storage } from '../../storage/index.ts'
import type { Env } from '../env.ts'
import type { Ingestion } from '../ingestion.ts'
import { btqlRoutes } from './btql.ts'
import { datasetRoutes } from './datasets.ts'
import { experimentRoutes } from './experiments.ts'
import { loginRoutes } from './login.ts'
import { objectRoutes } from './objects.ts'
import { projectRoutes } from './projects.ts'
import { restObjectRoutes } from './rest-objects.ts'
import { restRowRoutes } from './rest-rows.ts'
import { snapshotRoutes } from './snapshots.ts'

interface Needs {
  readonly storage: Storage
  readonly items: Ingestion
  readonly bodyBytesMax: number
}

/** The wire of the official `braintrust` SDKs, beyond `/logs3`, and the REST routes of that service that people call by hand. */
export const compatRoutes = ({ storage, items, bodyBytesMax }: Needs) =>
  new Hono<Env>()
    .route('/', loginRoutes(bodyBytesMax))
    .route('/', projectRoutes(storage))
    .route('/', datasetRoutes(storage))
    .route('/', snapshotRoutes(storage))
    .route('/', experimentRoutes(storage))
    .route('/', objectRoutes(storage))
    .route('/', btqlRoutes(storage))
    .route('/', restObjectRoutes(storage))
    .route('/', restRowRoutes(storage, items))
