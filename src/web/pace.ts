/** What pacing needs of the world; tests pass their own. */
export interface Clock {
  now(): number
  later(run: () => void, ms: number): () => void
}

const clockOfTheBrowser: Clock = {
  now: () => performance.now(),
  later: (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export interface Pace {
  /**
   * Wants the work done: at once, but not sooner than `gapMs` after it last began, nor than `delayMs`
   * from now.
   */
  ask(gapMs: number, delayMs?: number): void
  stop(): void
}

/**
 * Keeps up with a flood of reasons to do the same work: the first is served at once, the rest together
 * after the shortest gap anyone asked for, never two at a time, and always once after the last one.
 * Slow work spaces itself out: it rests at least as long as it took, so a busy server is not pressed.
 */
export function pace(work: () => Promise<unknown>, clock = clockOfTheBrowser): Pace {
  let wanted: { gapMs: number; notBefore: number } | null = null
  let isRunning = false
  let isStopped = false
  let begunAt = Number.NEGATIVE_INFINITY
  let tookMs = 0
  let cancel = () => {}

  const schedule = () => {
    cancel()
    if (isStopped || isRunning || !wanted) return
    const dueAt = Math.max(begunAt + Math.max(wanted.gapMs, 2 * tookMs), wanted.notBefore)
    const waitMs = dueAt - clock.now()
    if (waitMs <= 0) void run()
    else cancel = clock.later(() => void run(), waitMs)
  }

  const run = async () => {
    wanted = null
    isRunning = true
    begunAt = clock.now()
    try {
      await work()
    } catch {
      // The query that failed shows its own error; the next reason to refresh tries again.
    }
    isRunning = false
    tookMs = clock.now() - begunAt
    schedule()
  }

  return {
    ask: (gapMs, delayMs = 0) => {
      const notBefore = clock.now() + delayMs
      wanted = {
        gapMs: Math.min(gapMs, wanted?.gapMs ?? gapMs),
        notBefore: Math.min(notBefore, wanted?.notBefore ?? notBefore),
      }
      schedule()
    },
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}
