import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { readJson } from './body.ts'
import type { Env } from './env.ts'
import { answerFailure } from './failure.ts'
import { type Listener, listen } from './listener.ts'

const BYTES_MAX = 2 ** 20

let listener: Listener
beforeAll(async () => {
  listener = await listen(readConfig({ HEED_PORT: '0' }))
  const app = new Hono<Env>()
    .onError(answerFailure)
    .post('/unread', () => {
      throw new AppError('overloaded')
    })
    .post('/half-read', async (c) => c.json((await readJson(c, BYTES_MAX)).value))
    .post('/read', async (c) => {
      await c.req.text()
      throw new AppError('overloaded')
    })
  listener.answerWith(app.fetch)
})
afterAll(() => listener.close(1_000))

/** As a client that listens only when all it has is sent: the standard one of Python is one. */
async function sendThenListen(
  path: string,
  pieces: readonly string[],
  everyMs = 0,
  isChunked = false,
) {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const framing = isChunked ? 'transfer-encoding: chunked' : `content-length: ${bytes}`
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  await once(socket.pause(), 'connect')
  const closed = once(socket, 'close')
  const begun = performance.now()
  await sent(socket, `POST ${path} HTTP/1.1\r\nhost: heed\r\n${framing}\r\n\r\n`)
  for (const piece of pieces) {
    await sleep(everyMs)
    const size = isChunked ? `${piece.length.toString(16)}\r\n` : ''
    await sent(socket, isChunked ? `${size}${piece}\r\n` : piece)
  }
  if (isChunked) await sent(socket, '0\r\n\r\n')
  let answer = ''
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text
    if (answer.endsWith('}}')) socket.end()
  })
  socket.resume()
  await closed
  return { answer, ms: performance.now() - begun }
}

const sent = (socket: Socket, text: string) =>
  new Promise<void>((resolve, reject) => {
    socket.write(text, (reason) => (reason ? reject(reason) : resolve()))
  })

const piece = 'x'.repeat(2 ** 20)

test.each([
  ['that nobody read', '/unread', /^HTTP\/1.1 503 [\s\S]*"overloaded"/],
  ['that is too large', '/half-read', /^HTTP\/1.1 413 [\s\S]*"payload_too_large"/],
])(
  'a client that sends slowly and listens then hears why a body %s is refused',
  async (_, path, told) => {
    const { answer } = await sendThenListen(path, Array(12).fill(piece), 120)
    expect(answer).toMatch(told)
    expect(answer.toLowerCase()).not.toContain('connection: close')
  },
)

test('a client hears it also of a body that was begun, and turned out to be too large', async () => {
  const { answer } = await sendThenListen('/half-read', Array(12).fill(piece), 120, true)
  expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*"payload_too_large"/)
  expect(answer.toLowerCase()).not.toContain('connection: close')
})

test('a body that is here is refused at once', async () => {
  const { answer, ms } = await sendThenListen('/read', ['{}'])
  expect(answer).toMatch(/^HTTP\/1.1 503 /)
  expect(ms).toBeLessThan(1_000)
})

test('a body that does not come is refused without it, and the connection ends', async () => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  await once(socket, 'connect')
  const begun = performance.now()
  socket.write('POST /unread HTTP/1.1\r\nhost: heed\r\ncontent-length: 1000\r\n\r\nhalf')
  let answer = ''
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text
  })
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*connection: close/i)
  expect(performance.now() - begun).toBeLessThan(10_000)
})
