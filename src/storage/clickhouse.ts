import { openEmbedded } from './embedded.ts'
import type { ClickHouse, Where } from './engine.ts'
import { openServer } from './remote.ts'

export type { ClickHouse, Where } from './engine.ts'

/** Opens the engine. Throws CliError when the directory is another process's. */
export const openClickHouse = async (where: Where): Promise<ClickHouse> =>
  'dir' in where ? openEmbedded(where) : openServer(where.url)
