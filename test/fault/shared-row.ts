import type { Json } from '../../src/wire/common.ts'

/** How many writes of one client go to one shared row, before all of them take the next one. */
const WRITES_EACH = 50

/** Of so many writes one is a whole row; the first is. */
const WHOLE_EVERY = 10

/** A write of a row that several processes write, too. */
export interface SharedWrite {
  readonly id: string
  readonly isWhole: boolean
  /** Unlike that of any other write; its last digit is the client's. */
  readonly created: string
  /** Names the write in the row's metadata. */
  readonly mark: string
}

/**
 * The nth write of a client. Of `ordered` rows a whole row replaces what was said before it; of `late` ones
 * all whole rows happened before any change, however late they arrive, and take nothing away.
 */
export function sharedWrite(client: number, n: number): SharedWrite {
  const kind = n % 2 === 0 ? 'ordered' : 'late'
  const nth = Math.floor(n / 2)
  const isWhole = nth % WHOLE_EVERY === 0
  const hoursAgo = kind === 'late' && isWhole ? 1 : 0
  // A little earlier than now: a time later than the arrival would be cut to it.
  const millis = Date.now() - 10 - hoursAgo * 3_600_000
  return {
    id: `${kind} ${Math.floor(nth / WRITES_EACH)}`,
    isWhole,
    created: new Date(millis).toISOString().replace('Z', `00${client}Z`),
    mark: `${client}.${n}`,
  }
}

/** As it travels. */
export const sharedRow = ({ id, isWhole, created, mark }: SharedWrite) =>
  isWhole
    ? { id, created, metadata: { whole: mark } }
    : { id, created, _is_merge: true, metadata: { [mark]: true } }

/**
 * What is wrong with a shared row: null when it holds its newest whole row and each change after it.
 * `begun` are all writes of the row; those that were not acknowledged may be there or not.
 */
export function flawOf(
  metadata: Record<string, Json>,
  begun: readonly SharedWrite[],
  isAcknowledged: (write: SharedWrite) => boolean,
): string | null {
  const { whole: base, ...changes } = metadata
  const wholes = begun.filter((write) => write.isWhole)
  const whole = wholes.find((write) => write.mark === base)
  if (!whole) return `holds the whole row ${base}, which nobody wrote`
  const newer = wholes.find((write) => isAcknowledged(write) && write.created > whole.created)
  if (newer) return `holds the whole row ${base}, and not ${newer.mark}`
  const after = begun.filter((write) => !write.isWhole && write.created > whole.created)
  const lost = after.filter((write) => isAcknowledged(write) && !(write.mark in changes))
  if (lost.length > 0) return `misses ${lost.map(({ mark }) => mark)} after ${base}`
  const odd = Object.keys(changes).filter((mark) => !after.some((write) => write.mark === mark))
  return odd.length > 0 ? `holds ${odd}, which came before ${base} or never` : null
}
