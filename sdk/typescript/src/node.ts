/** The entry for Node, Bun and Deno: the same package, with a current span and a flush at exit. */
import { AsyncLocalStorage } from 'node:async_hooks'
import process from 'node:process'
import { flushAtExit } from './exit.ts'
import { provideContext } from './state.ts'

export * from './index.ts'

provideContext(() => new AsyncLocalStorage())
process.on('beforeExit', flushAtExit)
