import { useMemo } from 'react'
import type { Trace } from '../../wire/traces.ts'
import { JsonTree } from '../json/JsonTree.tsx'
import { Badge } from '../ui/Badge.tsx'
import { cx } from '../ui/cx.ts'
import { Few } from '../ui/Few.tsx'
import { Icon } from '../ui/Icon.tsx'
import { Text } from '../ui/Text.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import head from './Comments.module.css'
import { eventKey } from './event-key.ts'
import css from './History.module.css'
import { DEEDS, type Fate, type LedgerEntry, readLedger } from './ledger.ts'
import { Part } from './Part.tsx'
import { SpanLink } from './SpanLink.tsx'
import type { SpanNames } from './TraceFeedback.tsx'
import { Value } from './Value.tsx'
import { Who } from './Who.tsx'

interface Props {
  trace: Trace
  spans: SpanNames
}

/** The ledger: each call as it came, and what became of its votes. Nothing is ever taken out. */
export function History({ trace: { feedback, judgements, comments }, spans }: Props) {
  const entries = useMemo(
    () => readLedger(feedback, judgements, comments),
    [feedback, judgements, comments],
  )
  if (entries.length === 0) return null
  return (
    <Part title="History" count={entries.length}>
      <Few items={entries} max={100}>
        {(entry) => <Entry key={eventKey(entry.feedback)} entry={entry} spans={spans} />}
      </Few>
    </Part>
  )
}

const WORDS: Record<Fate, string | null> = {
  current: null,
  replaced: 'replaced',
  retracted: 'retracted later',
  retraction: null,
}

function Entry({ entry, spans }: { entry: LedgerEntry; spans: SpanNames }) {
  const { feedback, votes, deed, oldText } = entry
  const { feedback_id, id, user, source, expected, tags, metadata, created } = feedback
  return (
    <li data-history={feedback_id} data-user={user ?? ''}>
      <p className={head.head}>
        <Who user={user} source={source} />
        <span className={head.time}>
          <Time at={created} />
        </span>
      </p>
      <p className={css.line}>
        {votes.map(({ name, value, fate }) => (
          <span key={name} className={cx(css.vote, WORDS[fate] && css.past)} data-fate={fate}>
            <span className={css.name}>{visible(name)}</span>
            <Value value={value} />
            {WORDS[fate] && <span className={css.fate}>{WORDS[fate]}</span>}
          </span>
        ))}
        {deed && <Said icon="comment" word={DEEDS[deed]} />}
        {expected !== null && <Said icon="correction" word="correction" />}
        {tags.map((tag) => (
          <Badge key={tag}>#{visible(tag)}</Badge>
        ))}
        <SpanLink rowId={id} spans={spans} />
      </p>
      {oldText !== null && (
        <del className={css.old}>
          <Text text={oldText} />
        </del>
      )}
      {metadata !== null && Object.keys(metadata).length > 0 && <JsonTree value={metadata} />}
    </li>
  )
}

function Said({ icon, word }: { icon: 'comment' | 'correction'; word: string }) {
  return (
    <span className={css.said}>
      <Icon name={icon} size={12} /> {word}
    </span>
  )
}
