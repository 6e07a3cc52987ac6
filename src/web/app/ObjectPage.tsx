import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { datasetByIdQuery } from '../datasets/queries.ts'
import { experimentByIdQuery } from '../experiments/queries.ts'
import { projectsQuery } from '../projects/queries.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { Header } from './Header.tsx'

const route = getRouteApi('/app/$org/object')

/** Where permalinks made by SDKs point: they know the id of what holds a row, the pages go by its name. */
export function ObjectPage() {
  const { org } = route.useParams()
  const { object_type: type, object_id: objectId = '', id } = route.useSearch()
  return (
    <>
      <Header org={org} />
      <main>
        <title>Link · Heed</title>
        {type === 'project_logs' ? (
          <ToLogs org={org} objectId={objectId} id={id} />
        ) : type === 'experiment' ? (
          <ToExperiment org={org} objectId={objectId} id={id} />
        ) : type === 'dataset' ? (
          <ToDataset org={org} objectId={objectId} />
        ) : (
          <EmptyState title="This link leads nowhere">
            <p>
              Heed can open links to logs, experiments and datasets; this one is to “
              {visible(type ?? '')}”.
            </p>
          </EmptyState>
        )}
      </main>
    </>
  )
}

interface Target {
  org: string
  objectId: string
  /** The row that is looked for in it. */
  id?: string | undefined
}

function ToLogs({ org, objectId, id }: Target) {
  const { project, error, isAbsent } = useProject(objectId)
  if (project === undefined) return <Pending what="project" {...{ objectId, error, isAbsent }} />
  const params = { org, project }
  return <Navigate to="/app/$org/p/$project/logs" params={params} search={{ oid: id }} replace />
}

function ToExperiment({ org, objectId, id }: Target) {
  const query = experimentByIdQuery(objectId)
  const { data, error } = useQuery(query)
  useLive(null, query.queryKey, ({ experiments }) => (experiments.includes(objectId) ? 0 : null))
  const { project } = useProject(data?.project_id)
  if (!data || project === undefined) {
    return <Pending what="experiment" {...{ objectId, error }} isAbsent={data === null} />
  }
  return (
    <Navigate
      to="/app/$org/p/$project/experiments/$experiment"
      params={{ org, project, experiment: data.name }}
      search={{ oid: id }}
      replace
    />
  )
}

function ToDataset({ org, objectId }: Target) {
  const query = datasetByIdQuery(objectId)
  const { data, error } = useQuery(query)
  useLive(null, query.queryKey, ({ datasets }) => (datasets.includes(objectId) ? 0 : null))
  const { project } = useProject(data?.project_id)
  if (!data || project === undefined) {
    return <Pending what="dataset" {...{ objectId, error }} isAbsent={data === null} />
  }
  const params = { org, project, dataset: data.name }
  return <Navigate to="/app/$org/p/$project/datasets/$dataset" params={params} replace />
}

/** The name of a project, as soon as there is one of that id. */
function useProject(id: string | undefined) {
  const { data, error } = useQuery(projectsQuery)
  useLive(null, projectsQuery.queryKey, () => null)
  const project = data?.projects.find((one) => one.id === id)?.name
  return { project, error, isAbsent: data !== undefined && project === undefined }
}

interface Waiting {
  what: 'project' | 'experiment' | 'dataset'
  objectId: string
  error: Error | null
  /** The server has said that there is none. */
  isAbsent: boolean
}

/** What stands here until the link has led on. */
function Pending({ what, objectId, error, isAbsent }: Waiting) {
  if (error) return <Problem what="The link could not be opened" error={error} />
  if (!isAbsent) return <Spinner label="Opening…" />
  return (
    <EmptyState title="This link leads nowhere yet">
      <p>
        There is no {what} with the id <code>{visible(objectId)}</code>. If it is made now, its page
        opens by itself.
      </p>
    </EmptyState>
  )
}
