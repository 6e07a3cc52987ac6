import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { listen } from './listener.ts'

const config = readConfig({ HEED_PORT: '0' })

test('a request that comes before there is who answers it waits, and is answered', async () => {
  const listener = await listen(config)
  try {
    let isAnswered = false
    const asking = fetch(listener.url, { method: 'POST', body: 'rows' }).then(async (answer) => {
      isAnswered = true
      return answer.text()
    })
    await sleep(100)
    expect(isAnswered).toBe(false)
    listener.answerWith(async (request) => new Response(`took ${await request.text()}`))
    expect(await asking).toBe('took rows')
    const more = await fetch(listener.url, { method: 'POST', body: 'more' })
    expect(await more.text()).toBe('took more')
    expect(more.headers.get('keep-alive')).toBe('timeout=75')
  } finally {
    await listener.close(1_000)
  }
})

test('a port that is taken is named, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  await expect(listen({ ...config, port })).rejects.toThrow(`Port ${port} on 127.0.0.1`)
  other.close()
})

test('an address of an attachment elsewhere comes through at its longest', async () => {
  const listener = await listen(config)
  try {
    listener.answerWith(({ url }) => new Response(new URL(url).searchParams.get('url')))
    const address = `https://files.example/?${'&'.repeat(8170)}`
    const answer = await fetch(
      `${listener.url}/attachment?${new URLSearchParams({ url: address })}`,
    )
    expect([answer.status, await answer.text()]).toEqual([200, address])
  } finally {
    await listener.close(1_000)
  }
})
