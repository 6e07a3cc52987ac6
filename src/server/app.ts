import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { AppError } from '../errors.ts'
import type { Blobs, Storage } from '../storage/index.ts'
import type { Auth } from './auth.ts'
import { attachmentRoutes, OBJECT_PATH, objectStoreRoutes } from './compat/attachments.ts'
import { compatRoutes } from './compat/index.ts'
import { OVERFLOW_PATH, overflowRoutes, uploadRoutes } from './compat/overflow.ts'
import { Counters } from './counters.ts'
import type { Env } from './env.ts'
import { answerFailure } from './failure.ts'
import { isFirstContact } from './first-contact.ts'
import type { Gate } from './gate.ts'
import { ingestion } from './ingestion.ts'
import type { Live } from './live.ts'
import type { Org } from './org.ts'
import { datasetPageRoutes } from './routes/datasets.ts'
import { experimentPageRoutes } from './routes/experiments.ts'
import { ingestRoutes } from './routes/ingest.ts'
import { liveRoutes } from './routes/live.ts'
import { queryRoutes } from './routes/queries.ts'
import { readRoutes } from './routes/reads.ts'
import { sessionRoutes, signInRoutes } from './routes/session.ts'
import { dashboard } from './static.ts'
import { Uploads } from './uploads.ts'

export interface AppNeeds {
  readonly storage: Storage
  readonly auth: Auth
  readonly live: Live
  readonly gate: Gate
  /** The largest request body, before and after gunzip. */
  readonly bodyBytesMax: number
  /** The largest attachment. */
  readonly attachmentBytesMax: number
  /** Where uploads of rows lie until they are taken in. */
  readonly overflow: Blobs
  readonly org: Org
  /** Where clients reach this server; absent: where their requests say. */
  readonly publicUrl: string | undefined
}

/**
 * The whole server as a value: `app.request(...)` is a test, `app.fetch` is what Node serves.
 *
 * Order is the policy: health, sign-in, signed addresses and the dashboard's files are open; then stands the guard;
 * whatever comes after it needs a key or a signed-in browser, addresses that do not exist too.
 */
export function createApp({
  storage,
  auth,
  live,
  gate,
  bodyBytesMax,
  attachmentBytesMax,
  overflow,
  org,
  publicUrl,
}: AppNeeds) {
  const counters = new Counters()
  const items = ingestion({ storage, counters, gate, bodyBytesMax })
  const page = dashboard()
  const urls = auth.signedUrls(OBJECT_PATH)
  const { attachments } = storage
  const uploads = new Uploads(overflow, auth.signedUrls(OVERFLOW_PATH), bodyBytesMax)
  return new Hono<Env>()
    .onError(answerFailure)
    .notFound((c) => answerFailure(new AppError('not_found'), c))
    .use(
      secureHeaders({
        referrerPolicy: 'no-referrer',
        xFrameOptions: 'DENY',
        // For all subdomains of whoever serves us: the proxy that has the certificate decides that.
        strictTransportSecurity: false,
      }),
    )
    .use(async (c, next) => {
      c.set('requestId', randomUUID())
      c.set('org', org)
      c.set('origin', publicUrl ?? new URL(c.req.url).origin)
      c.header('X-Request-Id', c.var.requestId)
      await (isFirstContact(c) ? next() : gate.pass(next))
      counters.add('heed_requests_total')
      if (c.res.status >= 500) counters.add('heed_requests_failed_total')
    })
    .get('/healthz', async (c) => {
      await storage.ping()
      return c.json({ status: 'ok' })
    })
    .route('/', signInRoutes(auth))
    .route('/', objectStoreRoutes({ attachments, urls, bytesMax: attachmentBytesMax }))
    .route('/', uploadRoutes(uploads))
    .get('*', async (c, next) => page(c) ?? (await next()))
    .use(auth.guard)
    .route('/', ingestRoutes(items, uploads))
    .route('/', overflowRoutes(uploads))
    .route('/', attachmentRoutes({ attachments, urls }))
    .route('/', compatRoutes({ storage, items, bodyBytesMax }))
    .route('/v1/experiments', experimentPageRoutes(storage))
    .route('/v1/datasets', datasetPageRoutes(storage))
    .route('/v1', readRoutes(storage))
    .route('/v1', queryRoutes(storage))
    .route('/v1/live', liveRoutes(storage, live))
    .route('/v1/session', sessionRoutes(auth))
    .get('/metrics', (c) =>
      c.text(
        counters.exposition({
          heed_live_watchers: live.watcherCount,
          heed_bodies_in_memory_bytes: gate.bytes,
          heed_resident_memory_bytes: process.memoryUsage.rss(),
        }),
      ),
    )
}
