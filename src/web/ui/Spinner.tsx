import css from './Spinner.module.css'

/** Appears only after a moment: most answers come before anyone could read it. */
export function Spinner({ label }: { label: string }) {
  return (
    <p className={css.spinner} role="status">
      {label}
    </p>
  )
}
