import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { ApiError } from '../api.ts'
import { isTyping } from '../ui/keys.ts'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { useLive } from '../use-live.ts'
import { NotArrived } from './NotArrived.tsx'
import { PanelBar } from './PanelBar.tsx'
import { type Container, traceGapMs, traceQuery } from './queries.ts'
import css from './TracePanel.module.css'
import { TraceView } from './TraceView.tsx'
import type { Neighbours } from './use-neighbours.ts'
import type { FoundTrace } from './use-trace-id.ts'

interface Props {
  container: Container
  /** Of the span that is selected, or of a trace. */
  rowId: string
  found: FoundTrace
  neighbours: Neighbours
  onSelect: (rowId: string) => void
  onClose: () => void
}

/** The open trace, beside the list on wide screens and in its place on narrow ones. */
export function TracePanel({ container, rowId, found, neighbours, onSelect, onClose }: Props) {
  const { traceId, error } = found
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  usePanelKeys(neighbours, onSelect, onClose)
  return (
    <section ref={panel} className={css.panel} aria-label="Trace" tabIndex={-1}>
      <PanelBar rowId={rowId} neighbours={neighbours} onSelect={onSelect} onClose={onClose} />
      {error && <Problem what="The trace could not be found" error={error} />}
      {!error && traceId === undefined && <Spinner label="Looking for the trace…" />}
      {traceId === null && <NotArrived container={container} rowId={rowId} />}
      {typeof traceId === 'string' && (
        <OpenTrace
          key={traceId}
          container={container}
          traceId={traceId}
          rowId={rowId}
          onSelect={onSelect}
        />
      )}
    </section>
  )
}

interface OpenTraceProps {
  container: Container
  traceId: string
  rowId: string
  onSelect: (rowId: string) => void
}

function OpenTrace({ container, traceId, rowId, onSelect }: OpenTraceProps) {
  const query = traceQuery(container, traceId)
  const { data, error, refetch } = useQuery(query)
  // What comes makes it no smaller: it is not asked for again until somebody wants it.
  const isTooLarge = error instanceof ApiError && error.code === 'trace_too_large'
  const gapMs = isTooLarge ? () => null : traceGapMs(container, traceId)
  useLive(container.project, query.queryKey, gapMs)
  if (data && !isTooLarge)
    return <TraceView container={container} trace={data} rowId={rowId} onSelect={onSelect} />
  if (data === null && !isTooLarge) return <NotArrived container={container} rowId={rowId} />
  if (error) {
    const retry = () => void refetch()
    return <Problem what="The trace could not be loaded" error={error} onRetry={retry} />
  }
  return <Spinner label="Loading the trace…" />
}

/** Escape closes; j and k go to the older and the newer trace. */
function usePanelKeys(
  { newer, older }: Neighbours,
  onSelect: (rowId: string) => void,
  onClose: () => void,
) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) return onClose()
    const isInTree = event.target instanceof Element && event.target.closest('[role=tree]') !== null
    if (isTyping(event) && !isInTree) return
    if (event.key === 'j' && older !== undefined) onSelect(older)
    if (event.key === 'k' && newer !== undefined) onSelect(newer)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
