import { useState } from 'react'
import { Button } from './Button.tsx'
import { cx } from './cx.ts'
import { formatCount } from './format.ts'
import css from './Text.module.css'
import { visible } from './visible.ts'

/** Longer than this it starts folded. */
const FOLD_CHARACTERS = 1600
const FOLD_LINES = 24

/** More than this is drawn only on demand: a browser chokes on megabytes in one box. */
const DRAWN_CHARACTERS = 50_000

interface Props {
  text: string
  isMono?: boolean
  /** Folded even when short enough: what is rarely read, such as a system prompt. */
  isFolded?: boolean
}

/** What a person or a model wrote: as text only, each in its own direction, long ones folded. */
export function Text({ text, isMono = false, isFolded = false }: Props) {
  const isLong =
    isFolded ||
    text.length > FOLD_CHARACTERS ||
    text.split('\n', FOLD_LINES + 1).length > FOLD_LINES
  const [isOpen, setOpen] = useState(false)
  const isShort = isLong && !isOpen
  const drawn = isShort ? text.slice(0, DRAWN_CHARACTERS) : text
  return (
    <div className={css.box}>
      <div
        dir="auto"
        className={cx(
          css.text,
          isMono && css.mono,
          isShort && css.folded,
          isShort && isFolded && css.tight,
        )}
      >
        {text === '' ? <span className={css.none}>empty text</span> : visible(drawn)}
      </div>
      {isLong && (
        <Button look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </Button>
      )}
    </div>
  )
}
