import { type ReactNode, useId } from 'react'
import { formatCount } from '../ui/format.ts'
import css from './Part.module.css'

interface Props {
  title: string
  count?: number
  children: ReactNode
}

/** One kind of feedback under its heading. */
export function Part({ title, count, children }: Props) {
  const heading = useId()
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading} className={css.title}>
        {title} {count !== undefined && <span className={css.count}>{formatCount(count)}</span>}
      </h3>
      <ul className={css.list}>{children}</ul>
    </section>
  )
}
