/** Counters since the start, in the order in which they were first named. */
export class Counters {
  readonly #values = new Map<string, number>()

  add(name: CounterName, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by)
  }

  /** Prometheus text exposition format 0.0.4. `gauges` are read now. */
  exposition(gauges: Record<string, number>): string {
    const counters = Object.entries(HELP).map(
      ([name, help]) =>
        `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${this.#values.get(name) ?? 0}\n`,
    )
    const now = Object.entries(gauges).map(([name, v]) => `# TYPE ${name} gauge\n${name} ${v}\n`)
    return [...counters, ...now].join('')
  }
}

const HELP = {
  heed_rows_accepted_total: 'Rows of /logs3 that were committed and synced.',
  heed_feedback_accepted_total: 'Feedback events that were committed and synced.',
  heed_items_rejected_total: 'Rows and feedback that were refused by name.',
  heed_requests_total: 'HTTP requests answered.',
  heed_requests_failed_total: 'HTTP requests answered with 500 or above.',
} as const

export type CounterName = keyof typeof HELP
