import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { visible } from '../ui/visible.ts'
import css from './LogsPage.module.css'
import { ProjectScores } from './ProjectScores.tsx'
import { TraceList } from './TraceList.tsx'
import { TracePanel } from './TracePanel.tsx'
import { useNeighbours } from './use-neighbours.ts'

const route = getRouteApi('/app/$org/p/$project/logs')

/** The newest traces; with `oid` in the address, one of them open beside them. */
export function LogsPage() {
  const { project } = route.useParams()
  const { oid } = route.useSearch()
  const navigate = useNavigate({ from: '/app/$org/p/$project/logs' })

  const open = (id: string) => void navigate({ search: { oid: id }, replace: oid !== undefined })
  const close = () => void navigate({ search: {}, resetScroll: false })
  const neighbours = useNeighbours(project, oid)

  return (
    <main className={css.page}>
      <title>{`Logs · ${visible(project)} · Heed`}</title>
      <h1 className="sr-only">Logs</h1>
      <ProjectScores project={project} isBehind={oid !== undefined} />
      <TraceList project={project} openId={oid} />
      {oid !== undefined && (
        <TracePanel
          project={project}
          rowId={oid}
          neighbours={neighbours}
          onSelect={open}
          onClose={close}
        />
      )}
    </main>
  )
}
