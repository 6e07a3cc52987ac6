import { isoMicros, nowMicros } from './clock.ts'
import { type Copy, toJson } from './copy.ts'
import { mergeField, sizeGone } from './merge.ts'

/** The fields a dropped row keeps, so that what is logged later still has a name and a time. */
const LASTING = ['span_attributes', 'metrics']

/** About what the ids and the times of a row take. */
const IDENTITY_SIZE = 240

/** What never changes about a row. */
export interface RowIdentity {
  readonly id: string
  readonly span_id?: string
  readonly root_span_id?: string
}

/**
 * A row in the making. It gathers logged fields until it is sent. The first sending is the whole
 * row; each later one is a merge row of what was logged since.
 */
export class Draft {
  readonly list = 'rows'
  readonly #identity: RowIdentity
  readonly #origin: object | undefined
  /** By name, each with about how long its text will be. */
  readonly #fields = new Map<string, Copy>()
  /** Set by the queue: its place in the order of logging, 0 while it is not queued. */
  seq = 0
  /** About how long the row will be, in UTF-16 code units. */
  size = IDENTITY_SIZE
  #createdMicros: number
  #isSent: boolean

  /**
   * @param createdMicros the start of the span, Unix microseconds
   * @param origin what only the whole row tells: its parents. Undefined for a change of a row that
   *   is elsewhere, which is sent as a merge row from the first
   */
  constructor(identity: RowIdentity, createdMicros: number, origin: object | undefined) {
    this.#identity = identity
    this.#origin = origin
    this.#createdMicros = createdMicros
    this.#isSent = origin === undefined
  }

  get id(): string {
    return this.#identity.id
  }

  /** Adds a field, or merges it into what was logged before: what is replaced takes no room. */
  add(field: string, added: Copy): void {
    const before = this.#fields.get(field)
    if (!before) {
      this.#fields.set(field, added)
      this.size += field.length + added.size + 4
      return
    }
    const value = mergeField(field, before.value, added.value)
    const size =
      value === added.value
        ? added.size
        : before.size + added.size - sizeGone(field, before.value, added.value)
    this.#fields.set(field, { value, size })
    this.size += size - before.size
  }

  /** The JSON text of the row as it is now. What it holds is then sent, and the draft is empty. */
  take(): string {
    if (this.#isSent) this.#createdMicros = Math.max(this.#createdMicros + 1, nowMicros())
    const row: Record<string, unknown> = {
      ...this.#identity,
      created: isoMicros(this.#createdMicros),
      ...(this.#isSent ? { _is_merge: true } : this.#origin),
    }
    for (const [field, { value }] of this.#fields) row[field] = value
    this.#isSent = true
    this.#fields.clear()
    this.size = IDENTITY_SIZE
    return toJson(row)
  }

  /** Forgets what was logged, because the queue had no room for it. */
  discard(): void {
    this.size = IDENTITY_SIZE
    for (const [field, { size }] of this.#fields) {
      if (this.#isSent || !LASTING.includes(field)) this.#fields.delete(field)
      else this.size += field.length + size + 4
    }
  }
}
