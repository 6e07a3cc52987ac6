import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { DatasetSummary } from '../../wire/datasets.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { plural } from '../ui/format.ts'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import css from './Datasets.module.css'
import { datasetGapMs, datasetQuery } from './queries.ts'
import { Records } from './Records.tsx'

const route = getRouteApi('/app/$org/p/$project/datasets/$dataset')

/** One dataset, to look at: its records, as of now or of a version. */
export function DatasetPage() {
  const { project, dataset: name } = route.useParams()
  const { version } = route.useSearch()
  const query = datasetQuery(project, name)
  const { data, error, refetch } = useQuery(query)
  useLive(project, query.queryKey, datasetGapMs(data?.id))
  return (
    <main className={css.page}>
      <title>{`${visible(name)} · ${visible(project)} · Heed`}</title>
      <h1 className={css.title}>{visible(name)}</h1>
      {data ? (
        <>
          <About dataset={data} />
          <Versions dataset={data} version={version} />
          <Records project={project} datasetId={data.id} version={version} />
        </>
      ) : data === null ? (
        <EmptyState title="There is no dataset of that name" />
      ) : error ? (
        <Problem
          what="The dataset could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : (
        <Spinner label="Loading the dataset…" />
      )}
    </main>
  )
}

function About({ dataset }: { dataset: DatasetSummary }) {
  const { created, description, record_count } = dataset
  return (
    <>
      <p className={css.about}>
        {plural(record_count, 'record')}, made <Time at={created} />
      </p>
      {description !== null && <p className={css.about}>{visible(description)}</p>}
    </>
  )
}

interface Chosen {
  dataset: DatasetSummary
  version: string | undefined
}

/** What it can be looked at as: now, its snapshots, and the version of the address if that is neither. */
function Versions({ dataset: { snapshots }, version }: Chosen) {
  const known = snapshots.map(({ name, xact_id }) => ({ name, version: xact_id }))
  const isKnown = version === undefined || known.some((one) => one.version === version)
  const choices = [
    { name: 'Now', version: undefined },
    ...known.toReversed(),
    ...(isKnown ? [] : [{ name: `Version ${version}`, version }]),
  ]
  if (choices.length === 1) return null
  return (
    <nav className={css.versions} aria-label="Versions">
      {choices.map((one) => (
        <Link
          key={`${one.version} ${one.name}`}
          from="/app/$org/p/$project/datasets/$dataset"
          to="/app/$org/p/$project/datasets/$dataset"
          search={{ version: one.version }}
          activeOptions={{ exact: true }}
          className={css.version}
        >
          {visible(one.name)}
        </Link>
      ))}
    </nav>
  )
}
