import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { visible } from '../ui/visible.ts'
import { FilterBar } from './FilterBar.tsx'
import css from './LogsPage.module.css'
import { ProjectScores } from './ProjectScores.tsx'
import { TraceList } from './TraceList.tsx'
import { TracePanel } from './TracePanel.tsx'
import { useNeighbours } from './use-neighbours.ts'
import { useTraceId } from './use-trace-id.ts'

const route = getRouteApi('/app/$org/p/$project/logs')

/** The newest traces, or those that a `filter` lets through; with `oid`, one of them open beside them. */
export function LogsPage() {
  const { project } = route.useParams()
  const { oid, filter } = route.useSearch()
  const navigate = useNavigate({ from: '/app/$org/p/$project/logs' })

  const open = (id: string) =>
    void navigate({ search: { oid: id, filter }, replace: oid !== undefined })
  const close = () => void navigate({ search: { filter }, resetScroll: false })
  const narrow = (to: string | undefined) => void navigate({ search: { filter: to } })
  const container = { project, experimentId: null }
  const found = useTraceId(container, oid)
  const neighbours = useNeighbours(project, filter, oid, found.traceId)

  return (
    <main className={css.page}>
      <title>{`Logs · ${visible(project)} · Heed`}</title>
      <h1 className="sr-only">Logs</h1>
      <ProjectScores project={project} isBehind={oid !== undefined} />
      <FilterBar filter={filter} onFilter={narrow} />
      <TraceList project={project} filter={filter} openId={oid} openTraceId={found.traceId} />
      {oid !== undefined && (
        <TracePanel
          container={container}
          rowId={oid}
          found={found}
          neighbours={neighbours}
          onSelect={open}
          onClose={close}
        />
      )}
    </main>
  )
}
