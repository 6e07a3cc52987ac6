import { Icon, type IconName } from '../ui/Icon.tsx'
import css from './TypeIcon.module.css'

const ICONS: Record<string, IconName | undefined> = {
  llm: 'llm',
  tool: 'tool',
  function: 'function',
  task: 'task',
  eval: 'score',
  score: 'score',
  review: 'score',
}

export function TypeIcon({ type }: { type: string }) {
  const icon = Object.hasOwn(ICONS, type) ? ICONS[type] : undefined
  return (
    <span className={css.icon} data-type={type} title={type || 'span'}>
      <Icon name={icon ?? 'span'} size={13} />
    </span>
  )
}
