import type { StorageEvent } from '../storage/index.ts'
import type { Live } from './live.ts'

/** Tells those who watch what the storage says has happened: what is in an experiment or a dataset, to its project. */
export function announce(live: Live, event: StorageEvent): void {
  if (event.kind === 'project_created') live.publish(null, { projects: true })
  else if (event.kind === 'experiment_changed') {
    live.publish(event.projectId, { experiments: [event.experimentId] })
  } else if (event.kind === 'dataset_changed') {
    live.publish(event.projectId, { datasets: [event.datasetId] })
  } else {
    const { projectId, traceIds, feedbackIds } = event.changed
    live.publish(projectId, { traces: [...traceIds], feedback: [...feedbackIds] })
  }
}
