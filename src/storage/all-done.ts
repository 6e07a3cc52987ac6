/**
 * As `Promise.all`, but a failure is told only after all have ended: whoever tries again must not meet
 * the other half of the first attempt, still at work.
 */
export async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'rejected') throw result.reason
  }
}
