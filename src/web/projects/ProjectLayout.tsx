import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet } from '@tanstack/react-router'
import { Header } from '../app/Header.tsx'
import { formatCount } from '../ui/format.ts'
import { useLive } from '../use-live.ts'
import css from './ProjectLayout.module.css'
import { projectsQuery } from './queries.ts'

const route = getRouteApi('/app/$org/p/$project')

export function ProjectLayout() {
  const { org, project } = route.useParams()
  const params = { org, project }
  return (
    <>
      <Header org={org} project={project}>
        <nav className={css.nav} aria-label="Project">
          <Link to="/app/$org/p/$project/logs" params={params} className={css.tab}>
            Logs
          </Link>
          <Link to="/app/$org/p/$project/feedback" params={params} className={css.tab}>
            Feedback <PendingCount project={project} />
          </Link>
          <Link to="/app/$org/p/$project/experiments" params={params} className={css.tab}>
            Experiments
          </Link>
          <Link to="/app/$org/p/$project/datasets" params={params} className={css.tab}>
            Datasets
          </Link>
        </nav>
      </Header>
      <Outlet />
    </>
  )
}

/** A reminder in the corner of the eye, so it may lag a little behind. */
function PendingCount({ project }: { project: string }) {
  const { data } = useQuery(projectsQuery)
  useLive(project, projectsQuery.queryKey, () => 3000, { isBehind: true })
  const count = data?.projects.find((one) => one.name === project)?.pending_count ?? 0
  if (count === 0) return null
  return (
    <span className={css.count} title={`${formatCount(count)} pending: their span has not arrived`}>
      {formatCount(count)}
    </span>
  )
}
