import type { Comparison } from '../../wire/experiments.ts'
import { formatCount, formatDuration } from '../ui/format.ts'
import { Bar } from '../ui/Score.tsx'
import { visible } from '../ui/visible.ts'
import css from './Comparisons.module.css'
import { Difference } from './Difference.tsx'

/** Scores of an experiment with their difference to the base. */
export function ScoreComparisons({ scores }: { scores: Comparison[] }) {
  return scores.map(({ name, mean, n, diff, higher, lower }) => (
    <span key={name} className={css.one} data-score={name}>
      <span className={css.name}>{visible(name)}</span>
      <Bar value={Math.min(Math.max(mean, 0), 1)} />
      <span className={css.value} title={`Mean of ${formatCount(n)} cases`}>
        {mean.toFixed(2)}
      </span>
      <Difference diff={diff} />
      {higher + lower > 0 && (
        <span className={css.cases} title={`${higher} cases are better, ${lower} are worse`}>
          {higher}↑ {lower}↓
        </span>
      )}
    </span>
  ))
}

/** What a case took on average, with the share that it differs from the base. */
export function MetricComparisons({ metrics }: { metrics: Comparison[] }) {
  return metrics.map(({ name, mean, diff, base_mean }) => (
    <span key={name} className={css.one} data-metric={name}>
      <span className={css.name}>{visible(name.replaceAll('_', ' '))}</span>
      <span className={css.value}>
        {name === 'duration' ? formatDuration(mean * 1000) : formatCount(Math.round(mean))}
      </span>
      <Percent share={diff === null || !base_mean ? null : diff / base_mean} />
    </span>
  ))
}

function Percent({ share }: { share: number | null }) {
  if (share === null) return null
  const percent = Math.round(share * 100)
  const tone = percent === 0 ? css.cases : percent < 0 ? css.better : css.worse
  return (
    <span className={tone} title="Difference to the base">
      {percent === 0 ? '±0' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)}`}%
    </span>
  )
}
