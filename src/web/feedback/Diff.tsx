import { useMemo } from 'react'
import type { Json } from '../../wire/common.ts'
import { visible } from '../ui/visible.ts'
import css from './Diff.module.css'
import { diffWords } from './diff.ts'

const asText = (value: Json): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2)

/** What was answered against what should have been, in one text. */
export function Diff({ output, expected }: { output: Json; expected: Json }) {
  const pieces = useMemo(() => diffWords(asText(output), asText(expected)), [output, expected])
  return (
    <p className={css.diff} dir="auto">
      {pieces.map(({ kind, text }, index) => {
        const Tag = { same: 'span', removed: 'del', added: 'ins' } as const
        const Element = Tag[kind]
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text have no other identity
        return <Element key={index}>{visible(text)}</Element>
      })}
    </p>
  )
}
