import { Link } from '@tanstack/react-router'
import { z } from 'zod'
import type { Json } from '../../wire/common.ts'
import css from './Datasets.module.css'

const Reference = z.object({ object_type: z.string(), object_id: z.string(), id: z.string() })

/** What a row is called by what it lies in. */
const NAMES = new Map([
  ['project_logs', 'span'],
  ['experiment', 'case'],
  ['dataset', 'record'],
])

/** The way to the row that a record was made of; nothing where it says none that a page could show. */
export function Origin({ origin }: { origin: Json }) {
  const row = Reference.safeParse(origin).data
  const name = NAMES.get(row?.object_type ?? '')
  if (!row || !name) return null
  const { object_type, object_id, id } = row
  return (
    <Link
      from="/app/$org/p/$project/datasets/$dataset"
      to="/app/$org/object"
      search={{ object_type, object_id, id }}
      className={css.link}
    >
      {name}
    </Link>
  )
}
