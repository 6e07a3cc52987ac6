// In a process of its own: the reads of reads-table.ts as calls of the storage, without HTTP.

import { openStorage } from '../../src/storage/index.ts'
import { PROJECT, type Samples } from './bodies.ts'
import { answer } from './child.ts'
import { spread, timed } from './figure.ts'
import { REPEATS } from './reads.ts'
import { READS } from './reads-table.ts'

/** The name of each figure and its p50 and p95, in ms. */
export type ReadLimits = readonly (readonly [name: string, ms: number])[]

await answer<{ dir: string; samples: Samples }, ReadLimits>(async ({ dir, samples }) => {
  const storage = await openStorage({ dir, memoryBytesMax: 2 ** 30 }, () => {})
  const { id } = await storage.projects.find({ project_name: PROJECT })
  const limits: [string, number][] = []
  for (const { name, requests, direct } of READS) {
    if (!direct || requests(0, samples).length === 0) continue
    const times: number[] = []
    for (let n = 0; n <= REPEATS; n++) {
      times.push((await timed(() => direct(storage, id, n, samples))).ms)
    }
    const { p50, p95 } = spread(times.slice(1))
    limits.push([`${name}, p50`, p50], [`${name}, p95`, p95])
  }
  await storage.close()
  return limits
})
