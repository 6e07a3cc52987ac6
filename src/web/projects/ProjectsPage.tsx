import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ProjectSummary } from '../../wire/projects.ts'
import { Header } from '../app/Header.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { formatCount } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { Snippet } from '../ui/Snippet.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import css from './ProjectsPage.module.css'
import { projectsGapMs, projectsQuery } from './queries.ts'

const route = getRouteApi('/app/$org')

export function ProjectsPage() {
  const { org } = route.useParams()
  return (
    <>
      <Header org={org} />
      <main className={css.page}>
        <title>Projects · Heed</title>
        <h1 className={css.title}>Projects</h1>
        <Projects org={org} />
      </main>
    </>
  )
}

function Projects({ org }: { org: string }) {
  const { data, error, refetch } = useQuery(projectsQuery)
  useLive(null, projectsQuery.queryKey, projectsGapMs)
  if (!data && error) {
    const retry = () => void refetch()
    return <Problem what="The projects could not be loaded" error={error} onRetry={retry} />
  }
  if (!data) return <Spinner label="Loading projects…" />
  if (data.projects.length === 0) {
    return (
      <EmptyState title="No project yet">
        <p>
          A project is made by the first thing your app logs to it. It will appear here by itself.
        </p>
        <Snippet project="my-app" />
      </EmptyState>
    )
  }
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Traces</th>
          <th scope="col">Feedback</th>
          <th scope="col">Pending</th>
          <th scope="col">Last activity</th>
        </tr>
      </thead>
      <tbody>
        {data.projects.map((project) => (
          <Row key={project.id} org={org} project={project} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ org, project }: { org: string; project: ProjectSummary }) {
  const { name, trace_count, feedback_count, pending_count, last_activity } = project
  return (
    <tr>
      <th scope="row">
        <Link to="/app/$org/p/$project/logs" params={{ org, project: name }} className={css.link}>
          {visible(name)}
        </Link>
      </th>
      <td>{formatCount(trace_count)}</td>
      <td>{formatCount(feedback_count)}</td>
      <td className={pending_count > 0 ? css.pending : undefined}>{formatCount(pending_count)}</td>
      <td>{last_activity ? <Time at={last_activity} /> : '–'}</td>
    </tr>
  )
}
