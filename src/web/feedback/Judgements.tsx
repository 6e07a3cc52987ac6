import { useMemo } from 'react'
import type { Judgement } from '../../wire/traces.ts'
import { cx } from '../ui/cx.ts'
import { Few } from '../ui/Few.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import css from './Judgements.module.css'
import { Part } from './Part.tsx'
import { SpanLink } from './SpanLink.tsx'
import type { SpanNames } from './TraceFeedback.tsx'
import { Value } from './Value.tsx'
import { Who } from './Who.tsx'

interface Props {
  judgements: Judgement[]
  spans: SpanNames
}

/** Every single value the averages are made of, newest first. */
export function Judgements({ judgements, spans }: Props) {
  const newestFirst = useMemo(
    () => judgements.toSorted((a, b) => Date.parse(b.created) - Date.parse(a.created)),
    [judgements],
  )
  if (judgements.length === 0) return null
  return (
    <Part title="Judgements" count={judgements.length}>
      <Few items={newestFirst} max={200}>
        {(judgement) => (
          <li
            key={keyOf(judgement)}
            className={cx(css.row, judgement.id === spans.selectedId && css.selected)}
            data-judgement
            data-user={judgement.user ?? ''}
            data-name={judgement.name}
            data-value={judgement.value}
            data-source={judgement.source}
          >
            <Value value={judgement.value} />
            <span className={css.name}>{visible(judgement.name)}</span>
            <Who user={judgement.user} source={judgement.source} />
            <span className={css.time}>
              <Time at={judgement.created} />
            </span>
            <span className={css.span}>
              <SpanLink rowId={judgement.id} spans={spans} />
            </span>
          </li>
        )}
      </Few>
    </Part>
  )
}

const keyOf = ({ id, name, user, source }: Judgement) =>
  JSON.stringify([id, name, user, source === 'program'])
