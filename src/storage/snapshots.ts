import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { DatasetSnapshot } from '../wire/datasets.ts'
import type { Catalog } from './catalog.ts'

const Entry = DatasetSnapshot.extend({ is_deleted: z.boolean() })

/** Versions of datasets under names; a name is unique in its dataset. */
export class Snapshots {
  readonly #catalog: Catalog
  readonly #onChanged: (datasetId: string) => void
  readonly #byId = new Map<string, DatasetSnapshot>()
  /** One change at a time: each looks at what is there before it writes. */
  readonly #inTurn = pLimit(1)

  constructor(catalog: Catalog, onChanged: (datasetId: string) => void) {
    this.#catalog = catalog
    this.#onChanged = onChanged
    for (const { is_deleted, ...snapshot } of catalog.list('dataset_snapshot', Entry)) {
      if (!is_deleted) this.#byId.set(snapshot.id, snapshot)
    }
  }

  /** Oldest first. */
  list(datasetId: string): DatasetSnapshot[] {
    return [...this.#byId.values()]
      .filter((snapshot) => snapshot.dataset_id === datasetId)
      .sort((a, b) => (a.created < b.created ? -1 : 1))
  }

  /** Throws AppError `snapshot_not_found`. */
  find(id: string): DatasetSnapshot {
    const snapshot = this.#byId.get(id.toLowerCase())
    if (!snapshot) throw new AppError('snapshot_not_found', { id })
    return snapshot
  }

  /**
   * Names a version. A name that is taken keeps its version, or with `isUpdate` moves to this one.
   * Throws AppError `name_taken`.
   */
  name(
    datasetId: string,
    input: { name: string; description: string | null; xactId: string; isUpdate: boolean },
  ): Promise<DatasetSnapshot> {
    return this.#inTurn(() => {
      const taken = this.list(datasetId).find((one) => one.name === input.name)
      const { name, description, xactId: xact_id } = input
      if (taken && !input.isUpdate && taken.xact_id !== xact_id) {
        throw new AppError('name_taken', [{ field: 'dataset_snapshot_name', message: 'is taken' }])
      }
      const id = taken?.id ?? randomUUID()
      const created = taken?.created ?? new Date().toISOString()
      return this.#put({ id, dataset_id: datasetId, name, description, xact_id, created })
    })
  }

  /** Throws AppError `snapshot_not_found` or `name_taken`. */
  change(
    id: string,
    change: { name?: string | undefined; description?: string | null | undefined },
  ): Promise<DatasetSnapshot> {
    return this.#inTurn(() => {
      const before = this.find(id)
      const { name = before.name, description = before.description } = change
      if (this.list(before.dataset_id).some((one) => one.name === name && one.id !== before.id)) {
        throw new AppError('name_taken', [{ field: 'name', message: 'is taken' }])
      }
      return this.#put({ ...before, name, description })
    })
  }

  /** Forgets the name; the version stays. Throws AppError `snapshot_not_found`. */
  delete(id: string): Promise<DatasetSnapshot> {
    return this.#inTurn(async () => {
      const snapshot = this.find(id)
      await this.#catalog.put('dataset_snapshot', snapshot.id, { ...snapshot, is_deleted: true })
      this.#byId.delete(snapshot.id)
      this.#onChanged(snapshot.dataset_id)
      return snapshot
    })
  }

  async #put(snapshot: DatasetSnapshot): Promise<DatasetSnapshot> {
    await this.#catalog.put('dataset_snapshot', snapshot.id, { ...snapshot, is_deleted: false })
    this.#byId.set(snapshot.id, snapshot)
    this.#onChanged(snapshot.dataset_id)
    return snapshot
  }
}
