import { cx } from '../ui/cx.ts'
import { formatScore } from '../ui/format.ts'
import { Icon } from '../ui/Icon.tsx'
import { isLow } from '../ui/Score.tsx'
import css from './Value.module.css'

/** One vote: a thumb for 1 and 0, the number for what lies between, and a word for "taken back". */
export function Value({ value }: { value: number | null }) {
  if (value === null) return <span className={css.none}>retracted</span>
  const tone = isLow(value) ? css.bad : css.good
  if (value !== 0 && value !== 1)
    return <span className={cx(css.value, tone)}>{formatScore(value)}</span>
  return (
    <span className={cx(css.value, tone)} title={value === 1 ? 'Thumbs up' : 'Thumbs down'}>
      <Icon name={value === 1 ? 'up' : 'down'} />
      <span className="sr-only">{value === 1 ? 'up' : 'down'}</span>
    </span>
  )
}
