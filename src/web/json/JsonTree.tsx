import { useState } from 'react'
import type { Json } from '../../wire/common.ts'
import { visible } from '../ui/visible.ts'
import { Attachment, readAttachment } from './Attachment.tsx'
import { isObject } from './chat.ts'
import css from './JsonTree.module.css'

/** Opened at first: the outer levels, as long as they are small enough to be taken in. */
const OPEN_DEPTH = 3
const OPEN_CHILDREN = 30
const SHOWN_CHILDREN = 100
const SHOWN_CHARACTERS = 600

/** Any JSON, foldable. */
export function JsonTree({ value }: { value: Json }) {
  return (
    <div className={css.tree}>
      <Node label={null} value={value} depth={0} />
    </div>
  )
}

function Node({ label, value, depth }: { label: string | null; value: Json; depth: number }) {
  const attachment = readAttachment(value)
  if (attachment) {
    return (
      <div className={css.line}>
        <Label text={label} />
        <Attachment reference={attachment} />
      </div>
    )
  }
  const children = Array.isArray(value)
    ? value.map((item, index): [string, Json] => [String(index), item])
    : isObject(value)
      ? Object.entries(value)
      : null
  if (children && children.length > 0) {
    return <Branch label={label} value={value} entries={children} depth={depth} />
  }
  return (
    <div className={css.line}>
      <Label text={label} />
      <Leaf value={value} />
    </div>
  )
}

interface BranchProps {
  label: string | null
  value: Json
  entries: [string, Json][]
  depth: number
}

function Branch({ label, value, entries, depth }: BranchProps) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && entries.length <= OPEN_CHILDREN)
  const [shown, setShown] = useState(SHOWN_CHILDREN)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return (
    <div>
      <button
        type="button"
        className={css.toggle}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Label text={label} />
        <span className={css.mark}>{open}</span>
        {!isOpen && (
          <>
            <span className={css.note}>{summary(value, entries)}</span>
            <span className={css.mark}>{close}</span>
          </>
        )}
      </button>
      {isOpen && (
        <div className={css.children}>
          {entries.slice(0, shown).map(([key, child]) => (
            <Node key={key} label={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className={css.more} onClick={() => setShown(shown * 10)}>
              {entries.length - shown} more…
            </button>
          )}
        </div>
      )}
      {isOpen && <span className={css.mark}>{close}</span>}
    </div>
  )
}

function summary(value: Json, entries: [string, Json][]): string {
  if (Array.isArray(value)) return `${entries.length} ${entries.length === 1 ? 'item' : 'items'}`
  const keys = entries.slice(0, 4).map(([key]) => visible(key))
  return keys.join(', ') + (entries.length > 4 ? ', …' : '')
}

const Label = ({ text }: { text: string | null }) =>
  text !== null && <span className={css.key}>{visible(text)}: </span>

function Leaf({ value }: { value: Json }) {
  const [isWhole, setWhole] = useState(false)
  if (typeof value === 'string') {
    const shown = isWhole ? value : value.slice(0, SHOWN_CHARACTERS)
    return (
      <>
        <span className={css.string} dir="auto">
          {visible(shown)}
        </span>
        {shown.length < value.length && (
          <button type="button" className={css.more} onClick={() => setWhole(true)}>
            … {value.length - shown.length} more characters
          </button>
        )}
      </>
    )
  }
  if (typeof value === 'object') {
    return (
      <span className={css.note}>
        {value === null ? 'null' : Array.isArray(value) ? '[]' : '{}'}
      </span>
    )
  }
  return <span className={css.number}>{String(value)}</span>
}
