import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { EmptyState } from '../ui/EmptyState.tsx'
import { formatCount } from '../ui/format.ts'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import css from './Datasets.module.css'
import { datasetsGapMs, datasetsQuery } from './queries.ts'

const route = getRouteApi('/app/$org/p/$project/datasets')

/** The datasets of a project, newest first. */
export function DatasetsPage() {
  const { project } = route.useParams()
  return (
    <main className={css.page}>
      <title>{`Datasets · ${visible(project)} · Heed`}</title>
      <h1 className={css.title}>Datasets</h1>
      <List project={project} />
    </main>
  )
}

function List({ project }: { project: string }) {
  const query = datasetsQuery(project)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  useLive(project, query.queryKey, datasetsGapMs)
  const datasets = useMemo(() => data?.pages.flatMap((page) => page.datasets), [data])
  if (!datasets && error) {
    const retry = () => void refetch()
    return <Problem what="The datasets could not be loaded" error={error} onRetry={retry} />
  }
  if (!datasets) return <Spinner label="Loading datasets…" />
  if (datasets.length === 0) {
    return (
      <EmptyState title="No datasets yet">
        <p>
          Insert a record with <code>initDataset()</code> of the Braintrust SDK, or{' '}
          <code>init_dataset()</code> of Heed’s for Python, and it stands here.
        </p>
      </EmptyState>
    )
  }
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Dataset</th>
            <th className={css.number}>Records</th>
            <th className={css.number}>Snapshots</th>
            <th className={css.number}>Made</th>
          </tr>
        </thead>
        <tbody>
          {datasets.map(({ id, name, description, record_count, snapshots, created }) => (
            <tr key={id}>
              <td>
                <Link
                  from="/app/$org/p/$project/datasets"
                  to="/app/$org/p/$project/datasets/$dataset"
                  params={{ dataset: name }}
                  className={css.link}
                >
                  {visible(name)}
                </Link>
                {description !== null && <p className={css.about}>{visible(description)}</p>}
              </td>
              <td className={css.number}>{formatCount(record_count)}</td>
              <td className={css.number}>{formatCount(snapshots.length)}</td>
              <td className={css.number}>
                <Time at={created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}
