import { join } from 'node:path'
import type { Config } from '../config.ts'
import { blobDirectory, openStorage, type Where } from '../storage/index.ts'
import { announce } from './announce.ts'
import { createApp } from './app.ts'
import { Auth } from './auth.ts'
import { Gate } from './gate.ts'
import { listen } from './listener.ts'
import { Live } from './live.ts'
import { orgNamed } from './org.ts'

/** A server that answers. */
export interface Running {
  /** Where it listens: `http://127.0.0.1:4333`. */
  readonly url: string
  /** Signs the browser in that opens it, as long as this process lives. */
  readonly signInUrl: string
  /** The key that was made at the first start; null when keys are there already. */
  readonly newApiKey: string | null
  /** Refuses what comes, finishes what was taken, closes the engine. */
  close(): Promise<void>
}

/** Opens the port, then the storage; requests wait meanwhile. Throws CliError for what the operator can mend. */
export async function startServer(config: Config): Promise<Running> {
  const listener = await listen(config)
  const live = new Live()
  const blobs = blobDirectory(join(config.dataDir, 'attachments'))
  const storage = await openStorage(whereOf(config), blobs, (event) => announce(live, event))
  const newApiKey = await firstKey(storage.keys, config.apiKey)
  const auth = await Auth.open(storage)
  const gate = new Gate()
  const app = createApp({
    storage,
    auth,
    live,
    gate,
    bodyBytesMax: config.bodyBytesMax,
    attachmentBytesMax: config.attachmentBytesMax,
    overflow: blobDirectory(join(config.dataDir, 'overflow')),
    org: orgNamed(config.orgName),
    publicUrl: config.publicUrl,
  })
  listener.answerWith(app.fetch)
  const { url } = listener
  return {
    url,
    signInUrl: `${url}/signin?token=${auth.signInToken}`,
    newApiKey,
    close: async () => {
      gate.close()
      live.close()
      await listener.close()
      await storage.close()
    },
  }
}

function whereOf({ clickhouseUrl, dataDir, memoryBytesMax, threads }: Config): Where {
  const statementsMax = threads
  if (clickhouseUrl) return { url: clickhouseUrl, statementsMax }
  return { dir: join(dataDir, 'engine'), memoryBytesMax, statementsMax }
}

/** The operator's key is in force whenever it is given; without any, one is made. */
async function firstKey(
  keys: Awaited<ReturnType<typeof openStorage>>['keys'],
  chosen: string | undefined,
): Promise<string | null> {
  if (chosen !== undefined) {
    if (!keys.isKnown(chosen)) await keys.add('HEED_API_KEY', chosen)
    return null
  }
  return keys.isEmpty ? keys.add('first start') : null
}
