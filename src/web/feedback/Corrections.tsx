import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Json } from '../../wire/common.ts'
import type { Feedback } from '../../wire/feedback.ts'
import type { Trace } from '../../wire/traces.ts'
import { JsonTree } from '../json/JsonTree.tsx'
import { type Container, payloadGapMs, spanQuery } from '../traces/queries.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Few } from '../ui/Few.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Text } from '../ui/Text.tsx'
import { Time } from '../ui/Time.tsx'
import { useLive } from '../use-live.ts'
import head from './Comments.module.css'
import css from './Corrections.module.css'
import { Diff } from './Diff.tsx'
import { eventKey } from './event-key.ts'
import { Part } from './Part.tsx'
import { SpanLink } from './SpanLink.tsx'
import type { SpanNames } from './TraceFeedback.tsx'
import { Who } from './Who.tsx'

interface Props {
  container: Container
  trace: Trace
  spans: SpanNames
}

/** What the output should have been, newest first, against what it was. */
export function Corrections({ container, trace, spans }: Props) {
  const corrections = useMemo(
    () => trace.feedback.filter(({ expected }) => expected !== null).toReversed(),
    [trace.feedback],
  )
  if (corrections.length === 0) return null
  return (
    <Part title="Corrections" count={corrections.length}>
      <Few items={corrections} max={10}>
        {(one) => (
          <Correction
            key={eventKey(one)}
            container={container}
            traceId={trace.trace_id}
            feedback={one}
            spans={spans}
          />
        )}
      </Few>
    </Part>
  )
}

const VIEWS = [
  { value: 'changes', label: 'Changes' },
  { value: 'expected', label: 'Expected' },
  { value: 'output', label: 'Output' },
] as const

interface CorrectionProps {
  container: Container
  traceId: string
  feedback: Feedback
  spans: SpanNames
}

function Correction({ container, traceId, feedback, spans }: CorrectionProps) {
  const { id, user, source, expected, created } = feedback
  const [view, setView] = useState<(typeof VIEWS)[number]['value']>('changes')
  const query = spanQuery(container, id)
  const { data } = useQuery(query)
  // The selected span is kept up to date where it is shown itself.
  const gapMs = id === spans.selectedId ? () => null : payloadGapMs(container, traceId)
  useLive(container.project, query.queryKey, gapMs, { isBehind: true })
  const output = data?.output ?? null
  return (
    <li data-correction data-user={user ?? ''}>
      <p className={head.head}>
        <Who user={user} source={source} />
        <span className={head.time}>
          <Time at={created} />
        </span>
      </p>
      <div className={css.views}>
        <Segmented label="View of the correction" options={VIEWS} value={view} onChange={setView} />
        <CopyButton
          label="Copy expected"
          text={() => (typeof expected === 'string' ? expected : JSON.stringify(expected, null, 2))}
        />
      </div>
      <div className={css.body}>
        {view === 'expected' && <Whole value={expected} />}
        {view === 'output' && <Whole value={output} />}
        {view === 'changes' && data !== undefined && (
          <Diff output={output ?? ''} expected={expected} />
        )}
      </div>
      <SpanLink rowId={id} spans={spans} />
    </li>
  )
}

function Whole({ value }: { value: Json }) {
  return typeof value === 'string' ? <Text text={value} /> : <JsonTree value={value} />
}
