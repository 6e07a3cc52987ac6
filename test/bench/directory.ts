import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Samples } from './bodies.ts'
import type { Plan } from './data.ts'

/** What stands in a filled directory, so that it can be used again. */
export interface Content {
  readonly plan: Plan
  readonly spans: number
  readonly samples: Samples
}

const FILE = 'bench.json'

/** Beside the engine's own, so that the product does not mind. */
export const writeContent = (dir: string, content: Content): void =>
  writeFileSync(join(dir, FILE), JSON.stringify(content))

/** Undefined when the directory was not filled by this benchmark. */
export function findContent(dir: string): Content | undefined {
  const file = join(dir, FILE)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export const emptyDirectory = (): string => mkdtempSync(join(tmpdir(), 'heed-bench-'))

/** Bytes of all files of a tree, each once. */
export function bytesIn(dir: string): number {
  const seen = new Set<number>()
  let bytes = 0
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const stat = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })
    if (!stat || seen.has(stat.ino)) continue // merged away meanwhile, or a hard link
    seen.add(stat.ino)
    bytes += stat.blocks * 512
  }
  return bytes
}
