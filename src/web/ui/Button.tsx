import type { ComponentProps } from 'react'
import css from './Button.module.css'
import { cx } from './cx.ts'

interface Props extends ComponentProps<'button'> {
  look?: 'normal' | 'primary' | 'quiet'
}

export function Button({ look = 'normal', className, ...rest }: Props) {
  return <button type="button" className={cx(css.button, css[look], className)} {...rest} />
}
