import { join } from 'node:path'
import type { Config } from '../config.ts'
import { blobDirectory, openStorage, type Where } from '../storage/index.ts'
import { announce } from './announce.ts'
import { createApp } from './app.ts'
import { Auth } from './auth.ts'
import { Gate } from './gate.ts'
import type { Listener } from './listener.ts'
import { Live } from './live.ts'
import type { Running } from './main.ts'
import { orgNamed } from './org.ts'

/** How long a stop waits for requests that are under way, in milliseconds. */
const DRAIN_MS = 5_000

/** And how long then for those who were let in last, whose answers are on their way. */
const LAST_MS = 500

/** Opens the storage and answers what comes to the listener. Throws CliError for what the operator can mend. */
export async function openServer(config: Config, listener: Listener): Promise<Running> {
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
      const until = performance.now() + DRAIN_MS
      live.close()
      await gate.close(DRAIN_MS)
      await storage.close()
      // Until here an application that starts meanwhile is let in: its rows go to the successor.
      await listener.close(Math.max(LAST_MS, until - performance.now()))
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
