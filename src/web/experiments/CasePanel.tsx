import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import type { ExperimentCasePage } from '../../wire/experiments.ts'
import { TracePanel } from '../traces/TracePanel.tsx'
import { beside } from '../traces/use-neighbours.ts'
import { useTraceId } from '../traces/use-trace-id.ts'
import { casesQuery } from './queries.ts'

interface Props {
  project: string
  experimentId: string
  /** Of a case, or of a span in it. */
  rowId: string
  onSelect: (rowId: string) => void
  onClose: () => void
}

/** The open case of an experiment, with the way to the cases before and after it, as they are listed. */
export function CasePanel({ project, experimentId, rowId, onSelect, onClose }: Props) {
  const container = { project, experimentId }
  const found = useTraceId(container, rowId)
  const select = ({ pages }: InfiniteData<ExperimentCasePage>) => {
    const cases = pages.flatMap((page) => page.cases)
    return beside(
      cases,
      cases.findIndex((one) => one.trace_id === found.traceId),
    )
  }
  const { data } = useInfiniteQuery({ ...casesQuery(experimentId), select })
  return (
    <TracePanel
      container={container}
      rowId={rowId}
      found={found}
      neighbours={data ?? beside([], -1)}
      onSelect={onSelect}
      onClose={onClose}
    />
  )
}
