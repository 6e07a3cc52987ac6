import { useId, useState } from 'react'
import type { Json } from '../../wire/common.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { cx } from '../ui/cx.ts'
import { Segmented } from '../ui/Segmented.tsx'
import { Text } from '../ui/Text.tsx'
import { Conversation } from './Conversation.tsx'
import { readChat, readJsonText } from './chat.ts'
import { JsonTree } from './JsonTree.tsx'
import css from './Payload.module.css'

const VIEWS = [
  { value: 'read', label: 'Read' },
  { value: 'raw', label: 'Raw' },
] as const

interface Props {
  title: string
  value: Json
  isBad?: boolean
}

/** One thing a span holds, under its name: a conversation, text, or JSON; or exactly as it was sent. */
export function Payload({ title, value, isBad = false }: Props) {
  const heading = useId()
  const [view, setView] = useState<'read' | 'raw'>('read')
  const raw = () => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  const isPlain = typeof value === 'string' && readJsonText(value) === value
  return (
    <section className={css.payload} aria-labelledby={heading}>
      <header className={css.head}>
        <h3 id={heading}>{title}</h3>
        {!isPlain && <Segmented label="View" options={VIEWS} value={view} onChange={setView} />}
        <CopyButton text={raw} label={`Copy ${title.toLowerCase()}`} />
      </header>
      <div className={cx(css.body, isBad && css.bad)}>
        {view === 'raw' ? <Text text={raw()} isMono /> : <Readable value={value} isMono={isBad} />}
      </div>
    </section>
  )
}

function Readable({ value, isMono }: { value: Json; isMono: boolean }) {
  const inner = readJsonText(value)
  if (typeof inner === 'string') return <Text text={inner} isMono={isMono} />
  const chat = readChat(inner)
  return chat ? <Conversation chat={chat} /> : <JsonTree value={inner} />
}
