import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BEHIND_MAX } from '../../src/server/live.ts'
import { API_KEY, type Heed, newProject, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

/** Opens the stream of all projects; nothing of it is read yet. */
async function watch(lastEventId?: string) {
  const headers = {
    authorization: `Bearer ${API_KEY}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  }
  const { body } = await heed.app.request('/v1/live', { headers })
  if (!body) throw new Error('The stream has no body.')
  return body.pipeThrough(new TextDecoderStream()).getReader()
}

/** Tells as many changes, each of a project of its own: those of one project would be gathered. */
function change(times: number) {
  for (let i = 0; i < times; i++) heed.live.publish(randomUUID(), { traces: [`trace ${i}`] })
}

/** Reads until the text is there. */
async function readUntil(reader: Awaited<ReturnType<typeof watch>>, text: string) {
  let read = ''
  while (!read.includes(text)) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`The stream ended after ${JSON.stringify(read.slice(-200))}.`)
    read += value
  }
  return read
}

test('who missed some hears all of it, and who missed more than is told at once reads anew', async () => {
  const before = heed.live.position
  change(BEHIND_MAX)
  const first = await watch(before)
  const read = await readUntil(first, `trace ${BEHIND_MAX - 1}"`)
  expect(read.match(/event: change/g)).toHaveLength(BEHIND_MAX)
  await first.cancel()

  change(1)
  const second = await watch(before)
  expect(await readUntil(second, 'event: reset')).not.toContain('event: change')
  change(1)
  await readUntil(second, 'event: change')
  await second.cancel()
})

test('who reads nothing is cut off, and holds no events', async () => {
  const others = heed.live.watcherCount
  const reader = await watch()
  await readUntil(reader, 'event: hello')
  expect(heed.live.watcherCount).toBe(others + 1)
  change(2 * BEHIND_MAX)
  expect(heed.live.watcherCount).toBe(others)
  await reader.cancel()
})

test('who asks for the head alone is no watcher', async () => {
  const watchers = heed.live.watcherCount
  const headers = { authorization: `Bearer ${API_KEY}` }
  const { status } = await heed.app.request('/v1/live', { method: 'HEAD', headers })
  expect([status, heed.live.watcherCount]).toEqual([200, watchers])
})

test('a row of its own kind of id that is deleted or finds its trace is told to the trace that it was in', async () => {
  const project_name = newProject()
  const send = async (row: object) => {
    const { status } = await heed.post('/logs3', { project_name, rows: [{ id: 'r', ...row }] })
    expect(status).toBe(200)
  }
  await send({ _is_merge: true, output: 'before its span' })
  const reader = await watch()
  await readUntil(reader, 'event: hello')
  await send({ span_id: 's', root_span_id: 't', created: '2026-01-01T00:00:00Z' })
  expect(await readUntil(reader, 'event: change')).toMatch(/"traces":\[(?=[^\]]*"r")(?=[^\]]*"t")/)
  await send({ _object_delete: true })
  expect(await readUntil(reader, 'event: change')).toMatch(/"traces":\[[^\]]*"t"/)
  await reader.cancel()
})
