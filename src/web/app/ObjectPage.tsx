import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { datasetByIdQuery } from '../datasets/queries.ts'
import { experimentByIdQuery } from '../experiments/queries.ts'
import { projectsQuery } from '../projects/queries.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { visible } from '../ui/visible.ts'
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
  const { project, ...state } = useProject(objectId)
  if (project === undefined) return <Pending what="project" objectId={objectId} {...state} />
  const params = { org, project }
  return <Navigate to="/app/$org/p/$project/logs" params={params} search={{ oid: id }} replace />
}

function ToExperiment({ org, objectId, id }: Target) {
  const query = experimentByIdQuery(objectId)
  const { data, error, refetch } = useQuery(query)
  const { project } = useProject(data?.project_id)
  if (!data || project === undefined) {
    return <Pending what="experiment" isAbsent={data === null} {...{ objectId, error, refetch }} />
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
  const { data, error, refetch } = useQuery(query)
  const { project } = useProject(data?.project_id)
  if (!data || project === undefined) {
    return <Pending what="dataset" isAbsent={data === null} {...{ objectId, error, refetch }} />
  }
  const params = { org, project, dataset: data.name }
  return <Navigate to="/app/$org/p/$project/datasets/$dataset" params={params} replace />
}

/** The name of a project by its id. */
function useProject(id: string | undefined) {
  const { data, error, refetch } = useQuery(projectsQuery)
  const project = data?.projects.find((one) => one.id === id)?.name
  return { project, error, refetch, isAbsent: data !== undefined && project === undefined }
}

interface Waiting {
  what: 'project' | 'experiment' | 'dataset'
  objectId: string
  error: Error | null
  refetch: () => unknown
  /** The server has said that there is none. */
  isAbsent: boolean
}

/** What stands here until the link has led on. */
function Pending({ what, objectId, error, refetch, isAbsent }: Waiting) {
  if (error) {
    const retry = () => void refetch()
    return <Problem what="The link could not be opened" error={error} onRetry={retry} />
  }
  if (!isAbsent) return <Spinner label="Opening…" />
  return (
    <EmptyState title="This link leads nowhere">
      <p>
        There is no {what} with the id <code>{visible(objectId)}</code> here.
      </p>
    </EmptyState>
  )
}
