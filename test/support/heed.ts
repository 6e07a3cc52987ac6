import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { announce } from '../../src/server/announce.ts'
import { createApp } from '../../src/server/app.ts'
import { Auth } from '../../src/server/auth.ts'
import { Gate } from '../../src/server/gate.ts'
import { Live } from '../../src/server/live.ts'
import { orgNamed } from '../../src/server/org.ts'
import { blobDirectory, openStorage } from '../../src/storage/index.ts'

export const API_KEY = 'heed_key_of_the_tests'

/** Largest body of a test server, in bytes: small, so that a test can go beyond it. */
export const BODY_BYTES_MAX = 256 * 1024

/** Largest attachment of a test server, in bytes. */
export const ATTACHMENT_BYTES_MAX = 512 * 1024

/**
 * The whole server as a value, on a real engine in a directory of its own: one per test file, since
 * a process opens one directory. Tests take a project each, so nothing is cleaned between them.
 */
export async function openHeed({ publicUrl }: { publicUrl?: string } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'heed-'))
  const live = new Live()
  const where = { dir: join(dir, 'engine'), memoryBytesMax: 2 ** 30 }
  const storage = await openStorage(where, blobDirectory(join(dir, 'attachments')), (event) =>
    announce(live, event),
  )
  await storage.keys.add('tests', API_KEY)
  const auth = await Auth.open(storage)
  const app = createApp({
    storage,
    auth,
    live,
    gate: new Gate(),
    bodyBytesMax: BODY_BYTES_MAX,
    attachmentBytesMax: ATTACHMENT_BYTES_MAX,
    overflow: blobDirectory(join(dir, 'overflow')),
    org: orgNamed('default'),
    publicUrl,
  })
  const authorization = `Bearer ${API_KEY}`

  async function call(path: string, init: RequestInit = {}) {
    const response = await app.request(path, {
      ...init,
      headers: { authorization, ...init.headers },
    })
    // Any JSON: each test states what it expects of it.
    const body: ReturnType<typeof JSON.parse> = await response.json()
    return { status: response.status, body }
  }

  return {
    app,
    auth,
    storage,
    live,
    /** GET as a program with a key; query values are encoded. */
    get: (path: string, query: Record<string, string> | URLSearchParams = {}) =>
      call(`${path}?${new URLSearchParams(query)}`),
    /** POST JSON as a program with a key. */
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      call(path, {
        method: 'POST',
        headers,
        body:
          typeof body === 'string' || body instanceof Uint8Array
            ? (body as NonNullable<RequestInit['body']>)
            : JSON.stringify(body),
      }),
    close: async () => {
      live.close()
      await storage.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type Heed = Awaited<ReturnType<typeof openHeed>>

let made = 0

/** A project of its own for each test. */
export const newProject = () => `project ${process.pid} ${++made}`

/** A trace id as Heed's SDKs make it, of a moment. */
export function newTraceId(millis = Date.now()): string {
  const random = crypto.randomUUID().replaceAll('-', '')
  return `${millis.toString(16).padStart(12, '0')}7${random.slice(13)}`
}

/** A row id in a trace; `n` names the span. */
export const spanId = (n: number) => n.toString(16).padStart(16, '0')
export const rowId = (traceId: string, n: number) => `${traceId}-${spanId(n)}`
