/** What a timer can hold, about 25 days; a longer one would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** A pause that can be cut short: `cancel` ends it at once. */
export interface Pause {
  readonly done: Promise<void>
  readonly cancel: () => void
}

function pause(ms: number, keepsAlive: boolean): Pause {
  let cancel = () => {}
  const done = new Promise<void>((resolve) => {
    const timer: unknown = setTimeout(resolve, Math.min(ms, TIMER_MAX_MS))
    cancel = () => {
      clearTimeout(timer as number)
      resolve()
    }
    if (!keepsAlive && typeof timer === 'object' && timer !== null && 'unref' in timer) {
      ;(timer as { unref(): void }).unref()
    }
  })
  return { done, cancel }
}

/** A pause in the background: it never keeps a process alive. */
export const sleep = (ms: number): Pause => pause(ms, false)

/** A pause somebody waits for: the process stays until it is over or cancelled. */
export const keepAlive = (ms: number): Pause => pause(ms, true)
