import type { Average } from '../../wire/common.ts'
import { cx } from './cx.ts'
import { formatCount, formatScore, plural } from './format.ts'
import css from './Score.module.css'
import { useFlash } from './use-flash.ts'
import { visible } from './visible.ts'

interface Props {
  score: Average
  /** In the tree there is no room for the name: it stands in the title. */
  isShort?: boolean
}

/** A mean and of how many judgements: `helpful 0.67 ×6`. Glows when it changes. */
export function Score({ score: { name, mean, n }, isShort = false }: Props) {
  const flash = useFlash<HTMLSpanElement>(`${mean} ${n}`)
  return (
    <span
      ref={flash}
      className={css.score}
      data-score={name}
      data-mean={mean}
      data-n={n}
      title={`${visible(name)}: mean ${mean} of ${plural(n, 'judgement')}`}
    >
      <span className={isShort ? 'sr-only' : css.name}>{visible(name)}</span>
      {!isShort && <Bar value={mean} />}
      <span className={cx(css.mean, isLow(mean) && css.bad)}>{formatScore(mean)}</span>
      <span className={css.n}>×{formatCount(n)}</span>
    </span>
  )
}

export const isLow = (value: number): boolean => value < 0.5

export function Bar({ value, isWide = false }: { value: number; isWide?: boolean }) {
  const tone = isLow(value) ? css.low : css.high
  return (
    <span className={cx(css.bar, isWide && css.wide)} aria-hidden="true">
      <span className={cx(css.fill, tone)} style={{ width: `${value * 100}%` }} />
    </span>
  )
}

export function Scores({ scores, isShort }: { scores: Average[]; isShort?: boolean }) {
  return scores.map((score) => <Score key={score.name} score={score} isShort={isShort ?? false} />)
}
