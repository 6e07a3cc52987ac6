// In a process of its own: the same requests, answered by the same code, without a network.
import { dirname, join } from 'node:path'
import { createApp } from '../../src/server/app.ts'
import { Auth } from '../../src/server/auth.ts'
import { Gate } from '../../src/server/gate.ts'
import { Live } from '../../src/server/live.ts'
import { orgNamed } from '../../src/server/org.ts'
import { blobDirectory, openStorage } from '../../src/storage/index.ts'
import { API_KEY } from '../support/heed.ts'
import type { Samples } from './bodies.ts'
import { answer } from './child.ts'
import { address, type Getter } from './client.ts'
import { measureReads } from './reads.ts'

/** The name of each figure and what was measured, in ms. */
export type ReadLimits = readonly (readonly [name: string, ms: number | null])[]

await answer<{ dir: string; samples: Samples; times: number }, ReadLimits>(async (asked) => {
  const { dir, samples, times } = asked
  const where = { dir, memoryBytesMax: 2 ** 30, statementsMax: 16 }
  const blobs = blobDirectory(join(dirname(dir), 'attachments'))
  const storage = await openStorage(where, blobs, () => {})
  const auth = await Auth.open(storage)
  const app = createApp({
    storage,
    auth,
    live: new Live(),
    gate: new Gate(),
    bodyBytesMax: 2 ** 20,
    attachmentBytesMax: 2 ** 20,
    overflow: blobs,
    org: orgNamed('default'),
    publicUrl: undefined,
  })
  const getter: Getter = {
    get: async (path, query) => {
      const headers = { authorization: `Bearer ${API_KEY}` }
      const response = await app.request(address(path, query), { headers })
      return { status: response.status, text: await response.text() }
    },
  }
  const figures = await measureReads(getter, samples, times)
  await storage.close()
  return figures.map(({ name, measured }) => [name, measured] as const)
})
