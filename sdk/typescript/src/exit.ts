import { busy, type Delivery } from './delivery.ts'

/** How long an exit may be held up when the server does not answer. */
const EXIT_TIMEOUT_MS = 5000

const givenUp = new WeakSet<Delivery>()

/**
 * Sends what is queued when a process has nothing more to do. Waiting keeps the process alive, so
 * this is called again when it is over; a delivery that failed once is not waited for again.
 */
export function flushAtExit(): void {
  for (const delivery of busy) {
    if (givenUp.has(delivery)) continue
    void delivery.settle(EXIT_TIMEOUT_MS).then((isSettled) => {
      if (!isSettled) givenUp.add(delivery)
    })
  }
}
