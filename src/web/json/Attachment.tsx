import { z } from 'zod'
import type { Json } from '../../wire/common.ts'
import { address } from '../api.ts'
import { visible } from '../ui/visible.ts'
import css from './JsonTree.module.css'

const Described = { filename: z.string(), content_type: z.string() }

/** What stands in a row in place of bytes: here, or where the program said that they lie. */
const Reference = z.discriminatedUnion('type', [
  z.object({ type: z.literal('braintrust_attachment'), key: z.string(), ...Described }),
  z.object({ type: z.literal('external_attachment'), url: z.string(), ...Described }),
])

export type Reference = z.output<typeof Reference>

export const readAttachment = (value: Json): Reference | undefined =>
  Reference.safeParse(value).data

/** An attachment by its name, to download. Nothing of it is shown: what is in it is a stranger's. */
export function Attachment({ reference }: { reference: Reference }) {
  const { filename, content_type } = reference
  const href = hrefOf(reference)
  const name = visible(filename) || '(no name)'
  return (
    <>
      {href === null ? (
        <span className={css.string}>{name}</span>
      ) : (
        <a className={css.string} href={href} download={filename} target="_blank" rel="noreferrer">
          {name}
        </a>
      )}{' '}
      <span className={css.note}>{visible(content_type)}</span>
    </>
  )
}

/** Null: no address that a browser may be sent to. */
function hrefOf(reference: Reference): string | null {
  if (reference.type === 'braintrust_attachment') {
    return address('/attachment/download', { key: reference.key })
  }
  const { url } = reference
  return URL.canParse(url) && new URL(url).protocol === 'https:' ? url : null
}
