import { Worker } from 'node:worker_threads'
import type { Body, Packing, Samples } from './bodies.ts'
import type { Plan } from './data.ts'

/** How many bodies are made ahead: enough that no client waits, little enough to be forgotten. */
const AHEAD = 64

/** Bodies from a thread that stays a bounded number of them ahead. */
export class Ahead {
  readonly #worker: Worker
  readonly #ready: Body[] = []
  readonly #waiting: ((body: Body | undefined) => void)[] = []
  #samples: Samples | undefined
  #failure: Error | undefined

  constructor(plan: Plan, packing: Packing) {
    this.#worker = new Worker(new URL('./body-thread.mjs', import.meta.url), {
      workerData: { plan, packing },
    })
    this.#worker.on('message', (made: { body: Body } | { samples: Samples }) => {
      if ('body' in made) this.#give(made.body)
      else this.#end(made.samples)
    })
    this.#worker.on('error', (failure) => {
      this.#failure = failure
      for (const resolve of this.#waiting.splice(0)) resolve(undefined)
    })
    for (let i = 0; i < AHEAD; i++) this.#worker.postMessage('more')
  }

  /** The next body; undefined after the last one. */
  async take(): Promise<Body | undefined> {
    const body =
      this.#ready.shift() ??
      (this.#samples || this.#failure
        ? undefined
        : await new Promise<Body | undefined>((resolve) => this.#waiting.push(resolve)))
    if (this.#failure) throw this.#failure
    if (body) this.#worker.postMessage('more')
    return body
  }

  /** Ends the thread. Returns what was sampled, once all was taken. */
  async close(): Promise<Samples> {
    await this.#worker.terminate()
    if (!this.#samples) throw new Error('Not all bodies were taken.')
    return this.#samples
  }

  #give(body: Body): void {
    const next = this.#waiting.shift()
    if (next) next(body)
    else this.#ready.push(body)
  }

  #end(samples: Samples): void {
    this.#samples = samples
    for (const resolve of this.#waiting.splice(0)) resolve(undefined)
  }
}
