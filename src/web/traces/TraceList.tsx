import { useInfiniteQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useEffectEvent, useMemo, useRef } from 'react'
import { EmptyState } from '../ui/EmptyState.tsx'
import { isTyping } from '../ui/keys.ts'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { useLive } from '../use-live.ts'
import { EmptyLogs } from './EmptyLogs.tsx'
import { listGapMs, tracesQuery } from './queries.ts'
import css from './TraceList.module.css'
import { TraceRow } from './TraceRow.tsx'
import { useArrivals } from './use-arrivals.ts'

interface Props {
  project: string
  filter: string | undefined
  openId: string | undefined
  openTraceId: string | null | undefined
}

export function TraceList({ project, filter, openId, openTraceId }: Props) {
  const query = tracesQuery(project, filter)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  useLive(project, query.queryKey, listGapMs, { isBehind: openId !== undefined })
  const traces = useMemo(() => data?.pages.flatMap((page) => page.traces), [data])
  const { news, announcement } = useArrivals(traces)
  const table = useRef<HTMLTableElement>(null)
  useRowKeys(table, openId === undefined)

  if (!traces && error) {
    const retry = () => void refetch()
    return <Problem what="The traces could not be loaded" error={error} onRetry={retry} />
  }
  if (!traces) return <Spinner label="Loading traces…" />
  // A page may be empty and others follow: then the search is not over.
  if (traces.length === 0 && !hasNextPage) {
    return filter === undefined ? (
      <EmptyLogs project={project} />
    ) : (
      <EmptyState title="No trace matches the filter" />
    )
  }
  return (
    <>
      <p className="sr-only" aria-live="polite">
        {announcement}
      </p>
      <table className={css.table} ref={table}>
        <caption className="sr-only">Traces, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Input and output</th>
            <th scope="col">Scores</th>
            <th scope="col">Feedback</th>
            <th scope="col">Duration</th>
            <th scope="col">Spans</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <TraceRow
              key={trace.trace_id}
              trace={trace}
              filter={filter}
              isOpen={trace.id === openId || trace.trace_id === openTraceId}
              isNew={news.has(trace.trace_id)}
            />
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}

/** j, k and the arrows go from row to row while no trace is open; Enter is the link's own. */
function useRowKeys(table: RefObject<HTMLTableElement | null>, isActive: boolean) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const down = event.key === 'j' || event.key === 'ArrowDown'
    const up = event.key === 'k' || event.key === 'ArrowUp'
    if (!isActive || (!down && !up) || isTyping(event)) return
    const isArrow = event.key.startsWith('Arrow')
    const links = [...(table.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])]
    const at = links.findIndex((link) => link.matches(':focus'))
    if (isArrow && at < 0) return // then the arrows scroll, as anywhere
    const to = links[at < 0 ? 0 : at + (down ? 1 : -1)]
    if (!to) return
    event.preventDefault()
    to.focus()
    to.scrollIntoView({ block: 'nearest' })
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
