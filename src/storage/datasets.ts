import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import { Dataset, type DatasetInput } from '../wire/datasets.ts'
import type { Catalog } from './catalog.ts'
import { compareText } from './text-order.ts'

/** The datasets of this server: names are unique in a project, ids are UUIDs. */
export class Datasets {
  readonly #catalog: Catalog
  readonly #onCreated: (dataset: Dataset) => void
  readonly #byId = new Map<string, Dataset>()
  /** By `<project id> <name>`. */
  readonly #byName = new Map<string, Promise<Dataset>>()

  constructor(catalog: Catalog, onCreated: (dataset: Dataset) => void) {
    this.#catalog = catalog
    this.#onCreated = onCreated
    for (const dataset of catalog.list('dataset', Dataset)) this.#add(dataset)
  }

  get(id: string): Dataset | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** Throws AppError `dataset_not_found`. */
  find(id: string): Dataset {
    const dataset = this.get(id)
    if (!dataset) throw new AppError('dataset_not_found', { id })
    return dataset
  }

  /** The dataset of that name, made when it is not there; one that is there stays as it is. */
  async ensure(
    projectId: string,
    input: DatasetInput,
  ): Promise<{ dataset: Dataset; isNew: boolean }> {
    const key = `${projectId} ${input.name}`
    const known = this.#byName.get(key)
    if (known) return { dataset: await known, isNew: false }
    const created = this.#create(projectId, input)
    this.#byName.set(key, created) // at once, so that two requests make one dataset
    created.catch(() => this.#byName.delete(key))
    return { dataset: await created, isNew: true }
  }

  /** Of a project, or of all; the newest first. */
  list(projectId?: string): Dataset[] {
    return [...this.#byId.values()]
      .filter((dataset) => projectId === undefined || dataset.project_id === projectId)
      .sort((a, b) => compareText(b.created, a.created) || compareText(b.id, a.id))
  }

  async #create(projectId: string, input: DatasetInput): Promise<Dataset> {
    const dataset = {
      id: randomUUID(),
      project_id: projectId,
      name: input.name,
      description: input.description ?? null,
      metadata: input.metadata ?? null,
      created: new Date().toISOString(),
    }
    await this.#catalog.put('dataset', dataset.id, dataset)
    this.#add(dataset)
    this.#onCreated(dataset)
    return dataset
  }

  #add(dataset: Dataset): void {
    this.#byId.set(dataset.id, dataset)
    this.#byName.set(`${dataset.project_id} ${dataset.name}`, Promise.resolve(dataset))
  }
}
