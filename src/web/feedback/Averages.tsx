import type { Average } from '../../wire/common.ts'
import { cx } from '../ui/cx.ts'
import { formatCount, formatScore, plural } from '../ui/format.ts'
import { Bar, isLow } from '../ui/Score.tsx'
import { useFlash } from '../ui/use-flash.ts'
import { visible } from '../ui/visible.ts'
import css from './Averages.module.css'
import { Part } from './Part.tsx'

/** The mean of every score over the whole trace, each with what it is made of below. */
export function Averages({ averages }: { averages: Average[] }) {
  if (averages.length === 0) return null
  return (
    <Part title="Averages">
      {averages.map((average) => (
        <Row key={average.name} average={average} />
      ))}
    </Part>
  )
}

function Row({ average: { name, mean, n } }: { average: Average }) {
  const flash = useFlash<HTMLLIElement>(`${mean} ${n}`)
  return (
    <li
      ref={flash}
      className={css.row}
      data-score={name}
      data-mean={mean}
      data-n={n}
      title={`Mean ${mean} of ${plural(n, 'judgement')}`}
    >
      <span className={css.name}>{visible(name)}</span>
      <Bar value={mean} isWide />
      <span className={cx(css.mean, isLow(mean) && css.bad)}>{formatScore(mean)}</span>
      <span className={css.n}>×{formatCount(n)}</span>
    </li>
  )
}
