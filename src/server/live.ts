import { randomUUID } from 'node:crypto'
import type { Change } from '../wire/live.ts'

/** The longest that a change waits for others to travel with it; the first goes at once. */
const GATHER_MS = 50

/** How many events are kept for those who come back. */
const KEPT = 4096

/** A watcher that is more events behind is not told them, but to read anew. */
export const BEHIND_MAX = 1000

export interface LiveEvent {
  /** `<boot>-<sequence>`: what a client sends back as Last-Event-ID. */
  readonly id: string
  readonly event: 'change' | 'reset'
  /** Null: says nothing about one project only. */
  readonly projectId: string | null
  readonly change: Change
}

/** Somebody who listens. */
interface Watcher {
  deliver(event: LiveEvent): void
  /** Nothing comes any more: the server stops. */
  end(): void
}

interface Gathering {
  readonly traces: Set<string>
  readonly feedback: Set<string>
  readonly experiments: Set<string>
  readonly datasets: Set<string>
  projects: boolean
}

/** Tells every watcher what changed, in order, gathered to at most 20 events a second and project. */
export class Live {
  readonly #boot = randomUUID().slice(0, 8)
  readonly #kept: { readonly sequence: number; readonly event: LiveEvent }[] = []
  readonly #watchers = new Map<Watcher, string | null>()
  readonly #gathering = new Map<string | null, Gathering>()
  readonly #timers = new Map<string | null, NodeJS.Timeout>()
  #sequence = 0
  #isClosed = false

  get watcherCount(): number {
    return this.#watchers.size
  }

  publish(projectId: string | null, part: Partial<Change>): void {
    const gathering = this.#gathering.get(projectId) ?? {
      traces: new Set(),
      feedback: new Set(),
      experiments: new Set(),
      datasets: new Set(),
      projects: false,
    }
    for (const id of part.traces ?? []) gathering.traces.add(id)
    for (const id of part.feedback ?? []) gathering.feedback.add(id)
    for (const id of part.experiments ?? []) gathering.experiments.add(id)
    for (const id of part.datasets ?? []) gathering.datasets.add(id)
    gathering.projects ||= part.projects ?? false
    this.#gathering.set(projectId, gathering)
    if (!this.#timers.has(projectId)) this.#send(projectId)
  }

  /**
   * Delivers from now on, and first what was missed since `lastEventId`; when that is too much, or not known
   * any more, a `reset`. Without a project, everything. Returns the way out.
   */
  watch(projectId: string | null, lastEventId: string | undefined, watcher: Watcher): () => void {
    for (const event of this.#missed(projectId, lastEventId)) watcher.deliver(event)
    this.#watchers.set(watcher, projectId)
    if (this.#isClosed) watcher.end()
    return () => this.#watchers.delete(watcher)
  }

  /** Where a watcher who comes now begins. */
  get position(): string {
    return `${this.#boot}-${this.#sequence}`
  }

  /** Ends the streams of all who watch: each would hold up a stop as long as it may wait. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    for (const watcher of this.#watchers.keys()) watcher.end()
    this.#watchers.clear()
  }

  #send(projectId: string | null): void {
    const gathering = this.#gathering.get(projectId)
    this.#gathering.delete(projectId)
    this.#timers.delete(projectId)
    if (!gathering) return
    const timer = setTimeout(() => this.#send(projectId), GATHER_MS)
    this.#timers.set(projectId, timer.unref())
    this.#sequence += 1
    const event: LiveEvent = {
      id: this.position,
      event: 'change',
      projectId,
      change: {
        traces: [...gathering.traces],
        feedback: [...gathering.feedback],
        experiments: [...gathering.experiments],
        datasets: [...gathering.datasets],
        projects: gathering.projects,
      },
    }
    this.#kept.push({ sequence: this.#sequence, event })
    if (this.#kept.length > KEPT) this.#kept.shift()
    for (const [watcher, watched] of this.#watchers) {
      if (concerns(event, watched)) watcher.deliver(event)
    }
  }

  #missed(projectId: string | null, lastEventId: string | undefined): LiveEvent[] {
    if (lastEventId === undefined) return []
    const [boot, text] = lastEventId.split('-')
    const sequence = Number(text)
    const oldest = (this.#kept[0]?.sequence ?? this.#sequence + 1) - 1
    const isKnown = boot === this.#boot && sequence >= oldest && sequence <= this.#sequence
    const missed = this.#kept
      .filter((kept) => kept.sequence > sequence && concerns(kept.event, projectId))
      .map((kept) => kept.event)
    if (isKnown && missed.length <= BEHIND_MAX) return missed
    const change = { traces: [], feedback: [], experiments: [], datasets: [], projects: true }
    return [{ id: this.position, event: 'reset', projectId: null, change }]
  }
}

const concerns = (event: LiveEvent, projectId: string | null) =>
  projectId === null || event.projectId === null || event.projectId === projectId
