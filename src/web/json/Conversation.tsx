import { cx } from '../ui/cx.ts'
import { Icon } from '../ui/Icon.tsx'
import { Text } from '../ui/Text.tsx'
import { visible } from '../ui/visible.ts'
import css from './Conversation.module.css'
import type { Chat, Message, Part } from './chat.ts'
import { JsonTree } from './JsonTree.tsx'

const TONES: Record<string, string | undefined> = {
  user: css.user,
  assistant: css.assistant,
  model: css.assistant,
  tool: css.tool,
  function: css.tool,
}

/** Messages as people read them: who, what, and which tools were called with what. */
export function Conversation({ chat }: { chat: Chat }) {
  return (
    <div className={css.chat}>
      <ol className={css.messages} aria-label="Conversation">
        {chat.messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no id, and only grow at the end
          <MessageView key={index} message={message} />
        ))}
      </ol>
      {chat.rest && <JsonTree value={chat.rest} />}
    </div>
  )
}

function MessageView({ message: { role, name, parts } }: { message: Message }) {
  const isInstruction = role === 'system' || role === 'developer'
  return (
    <li className={cx(css.message, TONES[role])}>
      <p className={css.role}>
        {visible(role)} {name && <code>{visible(name)}</code>}
      </p>
      {parts.length === 0 && <p className={css.none}>no content</p>}
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no id and never move
        <PartView key={index} part={part} isFolded={isInstruction} />
      ))}
    </li>
  )
}

function PartView({ part, isFolded }: { part: Part; isFolded: boolean }) {
  switch (part.kind) {
    case 'text':
      return <Text text={part.text} isFolded={isFolded && part.text.length > 160} />
    case 'call':
      return (
        <div className={css.call}>
          <p className={css.callName}>
            <Icon name="tool" size={12} /> <code>{visible(part.name)}</code>
          </p>
          <JsonTree value={part.args} />
        </div>
      )
    case 'result':
      return typeof part.value === 'string' ? (
        <Text text={part.value} isMono />
      ) : (
        <JsonTree value={part.value} />
      )
    case 'other':
      return <JsonTree value={part.value} />
  }
}
