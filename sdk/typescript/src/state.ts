import type { Logger } from './logger.ts'
import type { Span } from './types.ts'

/** Where the current span is kept. An AsyncLocalStorage fits. */
export interface Context {
  run<Result>(span: Span, callback: () => Result): Result
  getStore(): Span | undefined
}

/** Without a way to follow asynchronous code there is no current span; explicit children link. */
const NO_CONTEXT: Context = { run: (_span, callback) => callback(), getStore: () => undefined }

interface State {
  context: Context
  /** True once asynchronous code is followed. Kept here, as each copy has a NO_CONTEXT of its own. */
  hasContext: boolean
  logger: Logger | undefined
}

const KEY = Symbol.for('heed.state.1')

/**
 * What is current, once per process and not once per copy of this module: bundlers of web
 * frameworks load a package several times.
 */
export const state: State = shared()

function shared(): State {
  const holder = globalThis as { [KEY]?: State; AsyncLocalStorage?: new () => Context }
  const { AsyncLocalStorage } = holder
  holder[KEY] ??= {
    context: AsyncLocalStorage ? new AsyncLocalStorage() : NO_CONTEXT,
    hasContext: AsyncLocalStorage !== undefined,
    logger: undefined,
  }
  return holder[KEY]
}

/** Gives the runtime's own way to follow asynchronous code; a way that is there stays. */
export function provideContext(make: () => Context): void {
  if (state.hasContext) return
  state.context = make()
  state.hasContext = true
}
