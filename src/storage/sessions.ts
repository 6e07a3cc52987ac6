import pLimit from 'p-limit'
import { AppError } from '../errors.ts'

/** How a session comes and goes. */
interface Life<Session> {
  readonly open: () => Promise<Session>
  readonly end: (session: Session) => Promise<void>
}

/**
 * Sessions of the embedded engine. One session runs one statement after the other, whatever they are, so
 * each statement gets a session of its own. They are opened as they are needed, up to `max`, and kept;
 * when all are in use, statements wait in turn.
 */
export class Sessions<Session> {
  readonly #open: () => Promise<Session>
  readonly #end: (session: Session) => Promise<void>
  readonly #limit: ReturnType<typeof pLimit>
  readonly #free: Session[] = []
  #isClosed = false

  private constructor({ open, end }: Life<Session>, max: number) {
    this.#open = open
    this.#end = end
    this.#limit = pLimit(max)
  }

  /** Opens the first, so that what hinders it is known at once. */
  static async open<Session>(life: Life<Session>, max: number) {
    const sessions = new Sessions(life, max)
    sessions.#free.push(await life.open())
    return sessions
  }

  use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      if (this.#isClosed) throw new AppError('shutting_down')
      const session = this.#free.pop() ?? (await this.#open())
      try {
        const result = await work(session)
        if (this.#isClosed) await this.#end(session)
        else this.#free.push(session)
        return result
      } catch (reason) {
        await this.#replace(session).catch((other) => {
          process.stderr.write(`A session of the engine could not be replaced: ${other}\n`)
        })
        throw reason
      }
    })
  }

  /** What a statement had begun to answer when it failed would stand in the next answer of its session. */
  async #replace(failed: Session): Promise<void> {
    // The new one first: with its last session the engine itself would close.
    if (!this.#isClosed) this.#free.push(await this.#open())
    await this.#end(failed)
  }

  /** What is asked after it is refused as `shutting_down`. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const session of this.#free.splice(0)) await this.#end(session)
  }
}
