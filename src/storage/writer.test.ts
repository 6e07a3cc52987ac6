import { expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { Pace } from './pace.ts'
import { Writer } from './writer.ts'

/** A lane whose commits end when the test says so. */
function lane(besideBytes: number, everyMs = 0) {
  const commits: { items: string[]; end: (reason?: Error) => void }[] = []
  const writer = new Writer<string>(
    {
      keyOf: (item) => item,
      besideBytes,
      pace: new Pace({ everyMs, busyBytes: 0 }),
      commit: (group) =>
        new Promise((resolve, reject) => {
          const items = group.flatMap((one) => one.items)
          const end = (reason?: Error) => (reason ? reject(reason) : resolve(async () => []))
          commits.push({ items, end })
        }),
    },
    () => {},
  )
  const groups = () => commits.map(({ items }) => items.join(''))
  return { writer, commits, groups }
}

const turn = async () => {
  for (let i = 0; i < 3; i++) await new Promise(setImmediate)
}

test('a lone write goes at once, what comes meanwhile goes together', async () => {
  const { writer, commits, groups } = lane(1000)
  const first = writer.write(['a'], 10, '1')
  await turn()
  const others = [writer.write(['b'], 10, '2'), writer.write(['c'], 10, '3')]
  await turn()
  expect(groups()).toEqual(['a'])
  commits[0]?.end()
  await first
  await turn()
  expect(groups()).toEqual(['a', 'bc'])
  commits[1]?.end()
  await Promise.all(others)
})

test('of a flood a second commit runs beside the first, and no third', async () => {
  const { writer, commits, groups } = lane(100)
  const written = [writer.write(['a'], 100, '1')]
  await turn()
  written.push(writer.write(['b'], 100, '2'))
  await turn()
  written.push(writer.write(['c'], 100, '3'))
  await turn()
  expect(groups()).toEqual(['a', 'b'])
  commits[1]?.end()
  await turn()
  expect(groups()).toEqual(['a', 'b', 'c'])
  for (const { end } of commits) end()
  await Promise.all(written)
})

test('two commits never write one row at the same time', async () => {
  const { writer, commits, groups } = lane(0)
  const written = [writer.write(['a'], 10, '1')]
  await turn()
  written.push(writer.write(['b', 'a'], 10, '2'), writer.write(['c'], 10, '3'))
  await turn()
  expect(groups()).toEqual(['a'])
  commits[0]?.end()
  await turn()
  expect(groups()).toEqual(['a', 'bac'])
  commits[1]?.end()
  await Promise.all(written)
})

test('what the engine refuses is refused alone, and a full disk refuses all', async () => {
  const { writer, commits } = lane(0)
  const written = [writer.write(['a'], 10, '1'), writer.write(['b'], 10, '2')]
  const settled = Promise.allSettled(written)
  await turn()
  commits[0]?.end(new Error('a column does not fit'))
  await turn()
  commits[1]?.end(new Error('a column does not fit'))
  await turn()
  commits[2]?.end()
  expect((await settled).map((one) => one.status)).toEqual(['rejected', 'fulfilled'])
  const full = Promise.allSettled([writer.write(['a'], 1, '1'), writer.write(['b'], 1, '2')])
  await turn()
  commits[3]?.end(new AppError('storage_full'))
  expect((await full).map((one) => one.status)).toEqual(['rejected', 'rejected'])
})

test('closing answers what was taken and takes no more', async () => {
  const { writer, commits } = lane(0)
  const written = [writer.write(['a'], 10, '1')]
  await turn()
  written.push(writer.write(['a'], 10, '2'))
  const closed = writer.close()
  expect(() => writer.assertRoom(1)).toThrow(AppError)
  for (let i = 0; i < 2; i++) {
    commits[i]?.end()
    await turn()
  }
  await Promise.all([...written, closed])
})

test('what waits for its pace goes at once when the writer closes, or when it becomes a flood', async () => {
  const { writer, commits, groups } = lane(100, 60_000)
  const written = [writer.write(['a'], 10, '1')]
  await turn()
  commits[0]?.end()
  await turn()
  written.push(writer.write(['b'], 10, '2'), writer.write(['c'], 10, '3'))
  await turn()
  expect(groups()).toEqual(['a'])
  written.push(writer.write(['d'], 100, '4'))
  await turn()
  expect(groups()).toEqual(['a', 'bcd'])
  commits[1]?.end()
  await turn()
  written.push(writer.write(['e'], 10, '5'))
  await turn()
  expect(groups()).toEqual(['a', 'bcd'])
  const closed = writer.close()
  await turn()
  commits[2]?.end()
  await Promise.all([...written, closed])
})
