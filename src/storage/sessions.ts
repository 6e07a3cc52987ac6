import pLimit from 'p-limit'

/**
 * Sessions of the embedded engine. One session runs one statement after the other, whatever they are, so
 * each statement gets a session of its own. They are opened as they are needed, up to `max`, and kept;
 * when all are in use, statements wait in turn.
 */
export class Sessions<Session> {
  readonly #open: () => Promise<Session>
  readonly #limit: ReturnType<typeof pLimit>
  readonly #free: Session[] = []

  private constructor(open: () => Promise<Session>, max: number) {
    this.#open = open
    this.#limit = pLimit(max)
  }

  /** Opens the first, so that what hinders it is known at once. */
  static async open<Session>(open: () => Promise<Session>, max: number) {
    const sessions = new Sessions(open, max)
    sessions.#free.push(await open())
    return sessions
  }

  use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      const session = this.#free.pop() ?? (await this.#open())
      try {
        return await work(session)
      } finally {
        this.#free.push(session)
      }
    })
  }

  /** After the last statement. */
  async close(end: (session: Session) => Promise<void>): Promise<void> {
    for (const session of this.#free) await end(session)
  }
}
