import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ExperimentSummary } from '../../wire/experiments.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { formatCount } from '../ui/format.ts'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { MetricComparisons, ScoreComparisons } from './Comparisons.tsx'
import css from './Experiments.module.css'
import { experimentsGapMs, experimentsQuery } from './queries.ts'

const route = getRouteApi('/app/$org/p/$project/experiments')

/** The experiments of a project, newest first, each beside the one it is compared with. */
export function ExperimentsPage() {
  const { project } = route.useParams()
  return (
    <main className={css.page}>
      <title>{`Experiments · ${visible(project)} · Heed`}</title>
      <h1 className={css.title}>Experiments</h1>
      <List project={project} />
    </main>
  )
}

function List({ project }: { project: string }) {
  const query = experimentsQuery(project)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  useLive(project, query.queryKey, experimentsGapMs)
  const experiments = useMemo(() => data?.pages.flatMap((page) => page.experiments), [data])
  if (!experiments && error) {
    const retry = () => void refetch()
    return <Problem what="The experiments could not be loaded" error={error} onRetry={retry} />
  }
  if (!experiments) return <Spinner label="Loading experiments…" />
  if (experiments.length === 0) {
    return (
      <EmptyState title="No experiments yet">
        <p>
          Run <code>Eval()</code> of the Braintrust SDK against this server, and its scores stand
          here.
        </p>
      </EmptyState>
    )
  }
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Experiment</th>
            <th>Scores</th>
            <th>A case took</th>
            <th className={css.number}>Cases</th>
            <th className={css.number}>Started</th>
          </tr>
        </thead>
        <tbody>
          {experiments.map((experiment) => (
            <Row key={experiment.id} experiment={experiment} />
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}

function Row({ experiment }: { experiment: ExperimentSummary }) {
  return (
    <tr data-experiment={experiment.id}>
      <td>
        <Link
          from="/app/$org/p/$project/experiments"
          to="/app/$org/p/$project/experiments/$experiment"
          params={{ experiment: experiment.name }}
          className={css.link}
        >
          {visible(experiment.name)}
        </Link>
        {experiment.base && (
          <p className={css.base}>compared with {visible(experiment.base.name)}</p>
        )}
      </td>
      <td>
        <ScoreComparisons scores={experiment.scores} />
      </td>
      <td>
        <MetricComparisons metrics={experiment.metrics} />
      </td>
      <td className={css.number}>{formatCount(experiment.case_count)}</td>
      <td className={css.number}>
        <Time at={experiment.created} />
      </td>
    </tr>
  )
}
