import { afterEach, expect, test, vi } from 'vitest'
import { fakeLogger, fakeServer, untyped } from './fake-server.ts'

afterEach(() => vi.unstubAllEnvs())

test('an empty text is none: the environment counts, then the default', async () => {
  vi.stubEnv('HEED_API_KEY', 'from the environment')
  vi.stubEnv('HEED_URL', 'http://environment.test/')
  const server = fakeServer()
  const { logger } = fakeLogger(server, { url: '', apiKey: '' })
  logger.log({ input: 1 })
  await logger.flush()
  expect(server.requests[0]).toMatchObject({
    url: 'http://environment.test/logs3',
    headers: { authorization: 'Bearer from the environment' },
  })
  vi.stubEnv('HEED_URL', '')
  expect(fakeLogger(server, { url: '' }).logger.url).toBe('http://127.0.0.1:4333')
})

test.each([Number.NaN, -1, 0, '20', {}, Number.POSITIVE_INFINITY].map((value) => [value]))(
  'a limit that is none, such as %s, is told, and the default holds',
  async (value) => {
    const { logger, problems } = fakeLogger(
      fakeServer(),
      untyped({ maxQueueRows: value, maxQueueBytes: value }),
    )
    for (let n = 0; n < 20_001; n++) logger.logFeedback({ id: 'a', comment: 'b' })
    expect(logger.stats()).toMatchObject({ queued: 20_000, dropped: 1 })
    const told = problems.filter((problem) => problem.startsWith('invalid_option'))
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/maxQueueRows is .+; it must be a number, 1 or more. 20000 is used.$/)
    await logger.flush().catch(() => {})
  },
)

test.each([Number.NaN, -1, '20', { toString: 1 }].map((value) => [value]))(
  'an interval that is none, such as %j, is told, and the default holds',
  async (value) => {
    const { logger, problems } = fakeLogger(fakeServer(), untyped({ flushIntervalMs: value }))
    logger.log({ input: 1 })
    await vi.waitFor(() => expect(logger.stats().acknowledged).toBe(1))
    expect(problems.join()).toContain('it must be a number from 0. 50 is used.')
  },
)

test('a wrong option loses nothing, so flush does not reject', async () => {
  const { logger, problems } = fakeLogger(fakeServer(), { maxQueueRows: Number.NaN })
  logger.log({ input: 1 })
  await logger.flush()
  expect(problems).toHaveLength(1)
})
