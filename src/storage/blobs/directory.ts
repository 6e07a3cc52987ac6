import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../errors.ts'
import type { Blobs } from './blobs.ts'

/** What a name may be: it is part of a path. */
const NAME = /^[0-9a-f]{64}$/

/** Blobs as files of a directory, spread over folders by the first two digits of their names. */
export function blobDirectory(dir: string): Blobs {
  const pathOf = (name: string) => {
    if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is not 64 hex digits.`)
    return join(dir, name.slice(0, 2), name)
  }
  return {
    put: async (name, bytes, bytesMax) => {
      const path = pathOf(name)
      const folder = dirname(path)
      // Beside its place, so that one rename makes it whole for all who read.
      const part = `${path}.${randomUUID()}.part`
      try {
        await mkdir(folder, { recursive: true })
        await writeSynced(part, bytes, bytesMax)
        await rename(part, path)
        for (const changed of [folder, dir, dirname(dir)]) await syncFolder(changed)
      } catch (cause) {
        await rm(part, { force: true })
        if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
          throw new AppError('storage_full', undefined, { cause })
        }
        throw cause
      }
    },
    get: async (name) => {
      try {
        const file = await open(pathOf(name))
        return { size: (await file.stat()).size, bytes: file.createReadStream() }
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw cause
      }
    },
    removeBefore: async (millis) => {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
      for (const entry of entries.filter((one) => one.isFile())) {
        const path = join(entry.parentPath, entry.name)
        // Another sweep may have been faster.
        const found = await stat(path).catch(() => null)
        if (found && found.mtimeMs < millis) await rm(path, { force: true })
      }
    },
  }
}

async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>, bytesMax: number) {
  const file = await open(path, 'wx')
  try {
    let size = 0
    for await (const chunk of bytes) {
      size += chunk.byteLength
      if (size > bytesMax) throw new AppError('payload_too_large', { bytes_max: bytesMax })
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A new name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
