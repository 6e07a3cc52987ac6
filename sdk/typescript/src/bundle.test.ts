import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundled } from './bundled.ts'

let copies = 0

/** A copy of the package of its own, as a bundler makes it. */
async function copyOf(entry: string): Promise<typeof import('./index.ts')> {
  const text = `${await bundled(entry)}\n// ${++copies}`
  const module = `data:text/javascript,${encodeURIComponent(text)}`
  return import(/* @vite-ignore */ module)
}

/** For the runtimes at the edge and for browsers. */
const BUNDLE_BYTES_MAX = 10 * 1024

test('the main entry is at most 10 KB gzipped and asks for no runtime', async () => {
  const text = await bundled('./index.ts')
  expect(gzipSync(text).byteLength).toBeLessThanOrEqual(BUNDLE_BYTES_MAX)
  expect(text).not.toMatch(/from\s*["']|require\(|import\s*["'(]/)
})

test('the entry for Node asks for node: modules only', async () => {
  const imports = [...(await bundled('./node.ts')).matchAll(/from\s*["']([^"']+)["']/g)]
  expect(imports.map(([, name]) => name).sort()).toEqual(['node:async_hooks', 'node:process'])
})

test('without a way to follow asynchronous code everything works but the current span', async () => {
  const heed = await copyOf('./index.ts')
  const sent: string[] = []
  const logger = heed.initLogger({
    projectName: 'p',
    fetch: async (_, { body }) => {
      sent.push(new TextDecoder().decode(body))
      return { status: 200, headers: new Headers(), text: async () => '{"rejected":[]}' }
    },
  })
  logger.traced((span) => {
    expect(heed.currentSpan().id).toBe('')
    span.traced((child) => expect(child.rootSpanId).toBe(span.rootSpanId))
  })
  await logger.flush()
  expect(JSON.parse(sent.join()).rows).toHaveLength(2)
})

test('a copy for Node gives a current span to a copy for the edge that was first', async () => {
  const edge = await copyOf('./index.ts')
  const node = await copyOf('./node.ts')
  const logger = edge.initLogger({ projectName: 'p', flushIntervalMs: 60_000 })
  await logger.traced(async (span) => {
    await Promise.resolve()
    expect([edge.currentSpan().id, node.currentSpan().id]).toEqual([span.id, span.id])
    const another = await copyOf('./node.ts')
    expect([edge.currentSpan().id, another.currentSpan().id]).toEqual([span.id, span.id])
  })
})
