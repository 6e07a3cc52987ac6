import { type ReactNode, useState } from 'react'
import { Button } from './Button.tsx'
import { formatCount } from './format.ts'

interface Props<T> {
  items: T[]
  /** How many are drawn until more are asked for: a thousand votes must not slow the page down. */
  max: number
  children: (item: T, index: number) => ReactNode
}

/** The first of many items as list items, and a button for the rest. */
export function Few<T>({ items, max, children }: Props<T>) {
  const [isAll, setAll] = useState(false)
  return (
    <>
      {(isAll ? items : items.slice(0, max)).map(children)}
      {!isAll && items.length > max && (
        <li>
          <Button look="quiet" onClick={() => setAll(true)}>
            Show all {formatCount(items.length)}
          </Button>
        </li>
      )}
    </>
  )
}
