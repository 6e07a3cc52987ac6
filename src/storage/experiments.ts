import { randomBytes, randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import { Experiment, type ExperimentInput } from '../wire/experiments.ts'
import type { Catalog } from './catalog.ts'
import { compareText } from './text-order.ts'

/**
 * The experiments of this server. The id of one stands where that of a project would in `spans`,
 * `payloads`, `patches` and `feedback`: it is a container of its own, with the same wall around it.
 */
export class Experiments {
  readonly #catalog: Catalog
  readonly #onCreated: (experiment: Experiment) => void
  /** In order of creation. */
  readonly #byId = new Map<string, Experiment>()
  /** By `<project id> <name>`; the value while it is being made. */
  readonly #byName = new Map<string, Promise<Experiment>>()

  constructor(catalog: Catalog, onCreated: (experiment: Experiment) => void) {
    this.#catalog = catalog
    this.#onCreated = onCreated
    const known = catalog.list('experiment', Experiment)
    for (const experiment of known.sort(
      (a, b) => compareText(a.created, b.created) || compareText(a.id, b.id),
    )) {
      this.#add(experiment)
    }
  }

  get(id: string): Experiment | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** Throws AppError `experiment_not_found`. */
  find(id: string): Experiment {
    const experiment = this.get(id)
    if (!experiment) throw new AppError('experiment_not_found', { id })
    return experiment
  }

  async named(projectId: string, name: string): Promise<Experiment | undefined> {
    return this.#byName.get(`${projectId} ${name}`)
  }

  /** Of a project; the newest first. */
  list(projectId: string): Experiment[] {
    return [...this.#byId.values()].filter((one) => one.project_id === projectId).reverse()
  }

  /**
   * A new experiment; where its name is taken it gets a longer one. With `isUpdate` the one of that
   * name instead, if it is there.
   */
  async register(
    projectId: string,
    input: ExperimentInput,
    isUpdate: boolean,
  ): Promise<{ experiment: Experiment; isNew: boolean }> {
    const wanted = input.name ?? `experiment-${randomBytes(4).toString('hex')}`
    const taken = this.#byName.get(`${projectId} ${wanted}`)
    if (taken && isUpdate) return { experiment: await taken, isNew: false }
    const name = taken ? `${wanted}-${randomBytes(4).toString('hex')}` : wanted
    const key = `${projectId} ${name}`
    const created = this.#create(projectId, name, input)
    this.#byName.set(key, created) // at once, so that two requests do not share a name
    created.catch(() => this.#byName.delete(key))
    return { experiment: await created, isNew: true }
  }

  /** What an experiment is compared with where nobody said: the one before it over the same dataset. */
  baseOf(experiment: Experiment): Experiment | null {
    if (experiment.base_exp_id !== null) return this.#byId.get(experiment.base_exp_id) ?? null
    const others = this.list(experiment.project_id)
    const before = others.slice(others.findIndex(({ id }) => id === experiment.id) + 1)
    return before.find((one) => one.dataset_id === experiment.dataset_id) ?? null
  }

  async #create(projectId: string, name: string, input: ExperimentInput): Promise<Experiment> {
    const experiment = {
      id: randomUUID(),
      project_id: projectId,
      name,
      description: input.description ?? null,
      base_exp_id: input.base_exp_id ?? null,
      dataset_id: input.dataset_id ?? null,
      dataset_version: input.dataset_version ?? null,
      repo_info: input.repo_info ?? null,
      metadata: input.metadata ?? null,
      tags: input.tags ?? null,
      created: new Date().toISOString(),
    }
    await this.#catalog.put('experiment', experiment.id, experiment)
    this.#add(experiment)
    this.#onCreated(experiment)
    return experiment
  }

  #add(experiment: Experiment): void {
    this.#byId.set(experiment.id, experiment)
    this.#byName.set(`${experiment.project_id} ${experiment.name}`, Promise.resolve(experiment))
  }
}
