import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { experimentByIdQuery } from '../experiments/queries.ts'
import { projectsQuery } from '../projects/queries.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { Header } from './Header.tsx'

const route = getRouteApi('/app/$org/object')

/** Where permalinks made by SDKs point: they know the id of the project, the pages go by its name. */
export function ObjectPage() {
  const { org } = route.useParams()
  const { object_type: type, object_id: projectId, id } = route.useSearch()
  const { data, error, refetch } = useQuery(projectsQuery)
  useLive(null, projectsQuery.queryKey, () => null)

  const isExperiment = type === 'experiment'
  const { data: experiment } = useQuery({
    ...experimentByIdQuery(projectId ?? ''),
    enabled: isExperiment && projectId !== undefined,
  })
  const wanted = isExperiment ? experiment?.project_id : projectId
  const project = data?.projects.find((one) => one.id === wanted)
  if (project && experiment) {
    const params = { org, project: project.name, experiment: experiment.name }
    return (
      <Navigate
        to="/app/$org/p/$project/experiments/$experiment"
        params={params}
        search={{ oid: id }}
        replace
      />
    )
  }
  if (project && type === 'project_logs') {
    const params = { org, project: project.name }
    return <Navigate to="/app/$org/p/$project/logs" params={params} search={{ oid: id }} replace />
  }
  return (
    <>
      <Header org={org} />
      <main>
        <title>Link · Heed</title>
        {data ? (
          <EmptyState title="This link leads nowhere yet">
            {type === 'project_logs' ? (
              <p>
                There is no project with the id <code>{visible(projectId ?? '')}</code>. If it is
                made now, its page opens by itself.
              </p>
            ) : (
              <p>
                Heed can open links to logs and experiments; this one is to “{visible(type ?? '')}”.
              </p>
            )}
          </EmptyState>
        ) : error ? (
          <Problem
            what="The link could not be opened"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : (
          <Spinner label="Opening…" />
        )}
      </main>
    </>
  )
}
