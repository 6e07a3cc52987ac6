import css from './Difference.module.css'

/** How far a value is from the base: `+0.25`; nothing where there is no base. */
export function Difference({ diff }: { diff: number | null }) {
  if (diff === null) return null
  const isSame = Math.abs(diff) < 0.005
  const tone = isSame ? css.same : diff > 0 ? css.better : css.worse
  const text = `${diff < 0 ? '−' : '+'}${Math.abs(diff).toFixed(2)}`
  return (
    <span className={tone} title="Difference to the base">
      {isSame ? '±0' : text}
    </span>
  )
}
