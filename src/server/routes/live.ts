import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Storage } from '../../storage/index.ts'
import { ProjectRef } from '../../wire/common.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'
import { BEHIND_MAX, type Live, type LiveEvent } from '../live.ts'

/** A comment this often keeps proxies from closing a quiet connection, and finds the dead ones. */
const HEARTBEAT_MS = 15_000

/** How soon a browser comes back after a restart; left to itself it waits three seconds. */
const RETRY_MS = 1000

/** `GET /v1/live`: server-sent events, resumed by `Last-Event-ID`. Of one project, or of all. */
export const liveRoutes = (storage: Storage, live: Live) =>
  new Hono<Env>().get('/', async (c) => {
    const ref = check(ProjectRef, c.req.query())
    const isOfAll = ref.project_id === undefined && ref.project_name === undefined
    const projectId = isOfAll ? null : (await storage.projects.find(ref)).id
    const lastEventId = c.req.header('Last-Event-ID')
    c.header('Cache-Control', 'no-store')
    c.header('X-Accel-Buffering', 'no')
    if (c.req.method === 'HEAD') return c.body(null)
    return streamSSE(c, async (stream) => {
      const waiting: LiveEvent[] = []
      let isOver = false
      let wake = () => {}
      const unwatch = live.watch(projectId, lastEventId, {
        deliver: (event) => {
          waiting.push(event)
          // Who reads nothing holds up the loop below for ever; it comes back and reads anew.
          if (waiting.length > BEHIND_MAX) cut()
          wake()
        },
        end: () => {
          isOver = true
          wake()
        },
      })
      const cut = () => {
        isOver = true
        unwatch()
        waiting.length = 0
        ;(c.env as HttpBindings | undefined)?.outgoing.destroy()
      }
      stream.onAbort(() => {
        unwatch()
        wake()
      })
      try {
        await stream.writeSSE({
          event: 'hello',
          data: '{}',
          id: lastEventId ?? live.position,
          retry: RETRY_MS,
        })
        while (!stream.aborted && !isOver) {
          const event = waiting.shift()
          if (event) {
            const data = JSON.stringify(event.change)
            await stream.writeSSE({ id: event.id, event: event.event, data })
            continue
          }
          const isQuiet = await quiet((resolve) => {
            wake = resolve
          })
          if (isQuiet && !stream.aborted) await stream.write(': still here\n\n')
        }
      } finally {
        unwatch()
      }
    })
  })

/** True when nothing woke us for as long as a heartbeat. */
function quiet(onWake: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), HEARTBEAT_MS)
    onWake(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}
