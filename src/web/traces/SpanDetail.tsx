import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import type { Json } from '../../wire/common.ts'
import type { Span, SpanSummary } from '../../wire/traces.ts'
import { Payload } from '../json/Payload.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { Text } from '../ui/Text.tsx'
import { useLive } from '../use-live.ts'
import { type Container, payloadGapMs, spanQuery } from './queries.ts'
import css from './SpanDetail.module.css'
import { SpanHead } from './SpanHead.tsx'

interface Props {
  container: Container
  /** From the trace: shown at once, while the payload is on its way. */
  span: SpanSummary
  isRoot: boolean
}

/** One span, whole: everything the program logged on it. */
export function SpanDetail({ container, span, isRoot }: Props) {
  const query = spanQuery(container, span.id)
  const { data, error, refetch } = useQuery(query)
  // A payload may be large, and is rarely what changed: votes go first.
  useLive(container.project, query.queryKey, payloadGapMs(container, span.trace_id), {
    isBehind: true,
  })
  return (
    <section className={css.span} aria-label="Span">
      <SpanHead span={span} isRoot={isRoot} />
      {data && <Payloads span={data} />}
      {!data && error && (
        <Problem what="The span could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && <Spinner label="Loading the span…" />}
    </section>
  )
}

function Payloads({ span }: { span: Span }) {
  const { input, output, expected, error, error_detail, metadata, span_attributes, context } = span
  // The head shows those two.
  const { name: _name, type: _type, ...attributes } = span_attributes ?? {}
  const failure = error_detail ?? error
  return (
    <>
      {failure !== null && <Payload title="Error" value={failure} isBad />}
      {input !== null && <Payload title="Input" value={input} />}
      {output !== null && <Payload title="Output" value={output} />}
      {expected !== null && <Payload title="Expected" value={expected} />}
      {span.comment !== null && <LoggedComment text={span.comment} />}
      {!isEmpty(metadata) && <Payload title="Metadata" value={metadata} />}
      {Object.keys(attributes).length > 0 && <Payload title="Attributes" value={attributes} />}
      {context !== null && <Payload title="Context" value={context} />}
      {failure === null && input === null && output === null && (
        <p className={css.nothing}>This span has logged neither input nor output.</p>
      )}
    </>
  )
}

const isEmpty = (value: Json) => typeof value === 'object' && Object.keys(value ?? {}).length === 0

function LoggedComment({ text }: { text: string }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>Comment</h3>
      <Text text={text} />
    </section>
  )
}
