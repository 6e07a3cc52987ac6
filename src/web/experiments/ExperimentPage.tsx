import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ExperimentSummary } from '../../wire/experiments.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { plural } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { CasePanel } from './CasePanel.tsx'
import { Cases } from './Cases.tsx'
import { MetricComparisons, ScoreComparisons } from './Comparisons.tsx'
import css from './Experiments.module.css'
import { experimentGapMs, experimentQuery } from './queries.ts'

const route = getRouteApi('/app/$org/p/$project/experiments/$experiment')

/** One experiment: what it came to, and its cases beside those of its base. */
export function ExperimentPage() {
  const { project, experiment: name } = route.useParams()
  const { oid } = route.useSearch()
  const navigate = useNavigate({ from: '/app/$org/p/$project/experiments/$experiment' })
  const query = experimentQuery(project, name)
  const { data, error, refetch } = useQuery(query)
  useLive(project, query.queryKey, experimentGapMs(data?.id, data?.base?.id))
  const open = (id: string | undefined) =>
    void navigate({ search: { oid: id }, replace: id !== undefined, resetScroll: false })
  return (
    <main className={css.page}>
      <title>{`${visible(name)} · ${visible(project)} · Heed`}</title>
      <h1 className={css.title}>{visible(name)}</h1>
      {data ? (
        <Whole project={project} experiment={data} />
      ) : data === null ? (
        <EmptyState title="There is no experiment of that name" />
      ) : error ? (
        <Problem
          what="The experiment could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : (
        <Spinner label="Loading the experiment…" />
      )}
      {data && oid !== undefined && (
        <CasePanel
          project={project}
          experimentId={data.id}
          rowId={oid}
          onSelect={open}
          onClose={() => open(undefined)}
        />
      )}
    </main>
  )
}

function Whole({ project, experiment }: { project: string; experiment: ExperimentSummary }) {
  const { base, case_count, created, description, metrics, scores } = experiment
  return (
    <>
      <p className={css.about}>
        {plural(case_count, 'case')}, started <Time at={created} />
        {base && (
          <>
            , compared with{' '}
            <Link
              from="/app/$org/p/$project/experiments/$experiment"
              to="/app/$org/p/$project/experiments/$experiment"
              params={{ experiment: base.name }}
              className={css.link}
            >
              {visible(base.name)}
            </Link>
          </>
        )}
      </p>
      {description !== null && <p className={css.about}>{visible(description)}</p>}
      <section className={css.totals} aria-label="Means of the experiment">
        <ScoreComparisons scores={scores} />
        <MetricComparisons metrics={metrics} />
      </section>
      <Cases project={project} experimentId={experiment.id} baseId={base?.id} />
    </>
  )
}
