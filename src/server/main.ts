import type { Config } from '../config.ts'
import { listen } from './listener.ts'

/** A server that answers. */
export interface Running {
  /** Where it listens: `http://127.0.0.1:4333`. */
  readonly url: string
  /** Signs the browser in that opens it, as long as this process lives. */
  readonly signInUrl: string
  /** The key that was made at the first start; null when keys are there already. */
  readonly newApiKey: string | null
  /** Refuses what comes, finishes what was taken, closes the engine, and the port last. */
  close(): Promise<void>
}

/** Opens the port, then the storage; requests wait meanwhile. Throws CliError for what the operator can mend. */
export async function startServer(config: Config): Promise<Running> {
  const listener = await listen(config)
  // Loading the rest takes as long as all before it: who comes meanwhile waits instead of being refused.
  const { openServer } = await import('./open.ts')
  return openServer(config, listener)
}
