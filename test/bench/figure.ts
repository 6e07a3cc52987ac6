/** One line of the result. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** Null: could not be measured; `note` says why. */
  readonly measured: number | null
  /** The same work without the server around it, in the same run. */
  readonly limit?: number | null
  readonly note?: string
  /** What stands behind the figure: other percentiles, the first cold run, how many. */
  readonly details?: Readonly<Record<string, number>>
}

export type Unit = 'ms' | 's' | 'µs' | 'spans/s' | 'MB' | 'bytes' | 'share'

/** Percentiles of times in order of measuring. */
export interface Spread {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  readonly n: number
}

/** Nearest rank: p50 of [1, 2, 3] is 2. */
export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), n: sorted.length }
}

/** The named percentiles as figures, with the others beside them. */
export function figuresOf(
  name: string,
  unit: Unit,
  times: readonly number[],
  percentiles: readonly ('p50' | 'p95' | 'p99')[],
  more: Readonly<Record<string, number>> = {},
): Figure[] {
  const all = spread(times)
  const details = { ...all, ...more }
  return percentiles.map((percentile) => ({
    name: `${name}, ${percentile}`,
    unit,
    measured: times.length > 0 ? all[percentile] : null,
    ...(times.length === 0 && { note: 'nothing was measured' }),
    details,
  }))
}

/** Milliseconds that some work took, and what came of it. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now()
  const result = await work()
  return { ms: performance.now() - begun, result }
}
