import { useInfiniteQuery } from '@tanstack/react-query'
import { memo, useMemo, useState } from 'react'
import type { Json } from '../../wire/common.ts'
import type { DatasetRecord } from '../../wire/datasets.ts'
import { Payload } from '../json/Payload.tsx'
import { Badge } from '../ui/Badge.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import css from './Datasets.module.css'
import { Origin } from './Origin.tsx'
import { recordsGapMs, recordsQuery } from './queries.ts'

interface Props {
  project: string
  datasetId: string
  version: string | undefined
}

/** The records of a dataset, newest first; each opens to what it holds. */
export function Records({ project, datasetId, version }: Props) {
  const query = recordsQuery(datasetId, version)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  useLive(project, query.queryKey, recordsGapMs(datasetId, version))
  const records = useMemo(() => data?.pages.flatMap((page) => page.events), [data])
  if (!records && error) {
    const retry = () => void refetch()
    return <Problem what="The records could not be loaded" error={error} onRetry={retry} />
  }
  if (!records) return <Spinner label="Loading records…" />
  if (records.length === 0) return <EmptyState title="No records" />
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Input</th>
            <th>Expected</th>
            <th>Metadata</th>
            <th>Tags</th>
            <th>Origin</th>
            <th className={css.number}>Added</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <Row key={record.id} record={record} />
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}

/** Kept as it is while its record is: to show a large one in short takes a while. */
const Row = memo(function Row({ record }: { record: DatasetRecord }) {
  const { id, created, input, expected, metadata, tags, origin } = record
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <tr data-record={id}>
        <td className={css.words}>
          <button
            type="button"
            className={css.open}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {inShort(input) || '(no input)'}
          </button>
        </td>
        <td className={css.words}>{inShort(expected)}</td>
        <td className={css.words}>{inShort(metadata)}</td>
        <td className={css.tags}>
          {tags?.map((tag) => (
            <Badge key={tag}>{visible(tag)}</Badge>
          ))}
        </td>
        <td>
          <Origin origin={origin} />
        </td>
        <td className={css.number}>
          <Time at={created} />
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <section className={css.whole} aria-label="Record">
              <p className={css.about}>
                Record <code>{visible(id)}</code>
              </p>
              <Payload title="Input" value={input} />
              {expected !== null && <Payload title="Expected" value={expected} />}
              {metadata !== null && <Payload title="Metadata" value={metadata} />}
            </section>
          </td>
        </tr>
      )}
    </>
  )
})

/** How much of a value stands in a row of the list, in UTF-16 code units. */
const SHORT = 300

function inShort(value: Json): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return visible(text.slice(0, SHORT))
}
