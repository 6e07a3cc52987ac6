import type { ReactNode } from 'react'
import css from './Badge.module.css'
import { cx } from './cx.ts'

interface Props {
  tone?: 'plain' | 'good' | 'bad' | 'warn'
  title?: string | undefined
  children: ReactNode
}

export function Badge({ tone = 'plain', title, children }: Props) {
  return (
    <span className={cx(css.badge, css[tone])} title={title}>
      {children}
    </span>
  )
}
