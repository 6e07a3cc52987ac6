import { Hono } from 'hono'
import type { Storage } from '../../storage/index.ts'
import type { Env } from '../env.ts'
import { btqlRoutes } from './btql.ts'
import { datasetRoutes } from './datasets.ts'
import { experimentRoutes } from './experiments.ts'
import { objectRoutes } from './objects.ts'
import { snapshotRoutes } from './snapshots.ts'

/** The wire of the official `braintrust` SDKs, beyond `/logs3`. */
export const compatRoutes = (storage: Storage) =>
  new Hono<Env>()
    .route('/', datasetRoutes(storage))
    .route('/', snapshotRoutes(storage))
    .route('/', experimentRoutes(storage))
    .route('/', objectRoutes(storage))
    .route('/', btqlRoutes(storage))
