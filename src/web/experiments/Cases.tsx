import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ExperimentCase } from '../../wire/experiments.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Score } from '../ui/Score.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { Difference } from './Difference.tsx'
import css from './Experiments.module.css'
import { casesQuery, experimentGapMs } from './queries.ts'

interface Props {
  project: string
  experimentId: string
  /** Of the experiment that it is compared with, if there is one. */
  baseId: string | undefined
}

/** The cases of an experiment, newest first. */
export function Cases({ project, experimentId, baseId }: Props) {
  const query = casesQuery(experimentId)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  useLive(project, query.queryKey, experimentGapMs(experimentId, baseId))
  const cases = useMemo(() => data?.pages.flatMap((page) => page.cases), [data])
  if (!cases && error) {
    const retry = () => void refetch()
    return <Problem what="The cases could not be loaded" error={error} onRetry={retry} />
  }
  if (!cases) return <Spinner label="Loading cases…" />
  if (cases.length === 0) return <EmptyState title="No cases yet" />
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Input</th>
            <th>Output</th>
            <th>Expected</th>
            <th>Scores</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}

function Row({ one }: { one: ExperimentCase }) {
  const before = new Map(one.base_scores.map(({ name, mean }) => [name, mean]))
  return (
    <tr data-case={one.trace_id}>
      <td className={css.words}>
        <Link
          from="/app/$org/p/$project/experiments/$experiment"
          to="/app/$org/p/$project/experiments/$experiment"
          search={{ oid: one.id }}
          resetScroll={false}
          className={css.link}
        >
          {visible(one.input) || '(no input)'}
        </Link>
      </td>
      <td className={css.words}>
        {one.error === null ? (
          visible(one.output)
        ) : (
          <span className={css.error}>{visible(one.error)}</span>
        )}
      </td>
      <td className={css.words}>{visible(one.expected)}</td>
      <td>
        {one.scores.map((score) => {
          const base = before.get(score.name)
          return (
            <span key={score.name} className={css.score}>
              <Score score={score} isShort={false} />
              <Difference diff={base === undefined ? null : score.mean - base} />
            </span>
          )
        })}
      </td>
    </tr>
  )
}
