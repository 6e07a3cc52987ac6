import { z } from 'zod'
import { printField } from '../../wire/filter-print.ts'
import type { Every, Group, Groups } from '../../wire/groups.ts'
import { int, join, type Sql, sql, str } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { type Asked, lookUp } from './compile.ts'
import { createdOf, matching, type Question } from './matching.ts'

export interface GroupQuestion extends Question {
  /** Fields by whose values rows are put together; a row with several stands in several groups. */
  readonly by: readonly (readonly string[])[]
  readonly every: Every | undefined
  /** Fields whose values are added up. */
  readonly values: readonly (readonly string[])[]
}

export const GROUPS_MAX = 1_000

const Row = z.object({
  time: z.string().nullable(),
  keys: z.array(z.string().nullable()),
  count: z.coerce.number(),
  values: z.array(
    z.tuple([
      z.coerce.number(),
      z.number().nullable(),
      z.number().nullable(),
      z.number().nullable(),
      z.array(z.number().nullable()),
    ]),
  ),
})

/** Counts and statistics by group: the newest step of time first, then the largest group. */
export async function groups(ch: Bounded, question: GroupQuestion): Promise<Groups> {
  const { source, by, values: asks } = question
  const isJoined = [...by, ...asks].some((path) => lookUp(source, path).how.kind !== 'column')
  const { from, where, scope } = await matching(ch, question, isJoined)
  const asked = { ...question, scope }
  const keys = question.by.map((path, i) => read(asked, path, KEY_SLOTS[i]))
  const values = readValues(asked, question.values)
  const fields = [...keys, ...values]
  const bucket = question.every ? step(question.every, createdOf(question.source)) : sql`NULL`
  const rows = await ch.wide(
    Row,
    sql`SELECT bucket AS time, [${list(keys.map(({ name }) => name))}]::Array(Nullable(String)) AS keys,
          count() AS count, ${statistics(values.map(({ name }) => name))} AS values
        FROM (
          SELECT ${join([sql`${bucket} AS bucket`, ...fields.map(({ select }) => select)], ', ')}
          FROM ${from} ${join([sql``, ...fields.map((field) => field.joined)], ' ')}
          WHERE ${where}
        )
        GROUP BY bucket, keys
        ORDER BY bucket DESC, count DESC, keys
        LIMIT ${int(GROUPS_MAX + 1)}`,
  )
  return {
    groups: rows.slice(0, GROUPS_MAX).map((row) => shown(row, question)),
    is_truncated: rows.length > GROUPS_MAX,
  }
}

const list = (names: readonly Sql[]) => (names.length ? join(names, ', ') : sql``)

/** n, mean, least, greatest, percentiles of each, as one array of tuples. */
const statistics = (names: readonly Sql[]) =>
  names.length === 0
    ? sql`[]::Array(Tuple(UInt64, Nullable(Float64), Nullable(Float64), Nullable(Float64), Array(Float64)))`
    : sql`[${join(
        names.map(
          (name) => sql`tuple(count(${name}), avg(${name}), min(${name}), max(${name}),
            quantilesExactInclusive(0.5, 0.9, 0.95, 0.99)(${name}))`,
        ),
        ', ',
      )}]`

/** Names in the statement, ours: of a column, and of what is joined for it. */
interface Slot {
  readonly name: Sql
  readonly table: Sql
  readonly cast: (value: Sql) => Sql
}

const asText = (value: Sql) => sql`toString(${value})`
const asTruth = (value: Sql) => sql`if(${value} = 0, 'false', 'true')`
const asNumber = (value: Sql) => sql`toFloat64(${value})`

const KEY_SLOTS: readonly Slot[] = [
  { name: sql`k0`, table: sql`of_k0`, cast: asText },
  { name: sql`k1`, table: sql`of_k1`, cast: asText },
  { name: sql`k2`, table: sql`of_k2`, cast: asText },
]

const VALUE_SLOTS: readonly Slot[] = [
  { name: sql`v0`, table: sql`of_v0`, cast: asNumber },
  { name: sql`v1`, table: sql`of_v1`, cast: asNumber },
  { name: sql`v2`, table: sql`of_v2`, cast: asNumber },
  { name: sql`v3`, table: sql`of_v3`, cast: asNumber },
  { name: sql`v4`, table: sql`of_v4`, cast: asNumber },
]

/** How many fields a question may group by, and how many values it may ask for. */
export const GROUP_BY_MAX = KEY_SLOTS.length
export const GROUP_VALUES_MAX = VALUE_SLOTS.length

/** One column for a field: from the row, or from what is joined to it. */
function read(asked: Asked, path: readonly string[], slot: Slot | undefined) {
  const { how, field, path: rest } = lookUp(asked.source, path)
  if (!slot || how.kind === 'words') throw new TypeError(`Cannot group by ${path.join('.')}.`)
  const { name, table } = slot
  const cast = field.type === 'boolean' ? asTruth : slot.cast
  if (how.kind === 'column') {
    const value = how.value(rest)
    const single = field.isMany ? sql`arrayJoin(if(empty(${value}), [NULL], ${value}))` : value
    return { name, select: sql`${cast(single)} AS ${name}`, joined: sql`` }
  }
  const { absent } = how
  const value = cast(sql`${table}.value`)
  const filled =
    absent === undefined
      ? value
      : sql`ifNull(${value}, ${cast(typeof absent === 'number' ? sql`${int(absent)}` : sql`${str(absent)}`)})`
  return {
    name,
    select: sql`${filled} AS ${name}`,
    joined: sql`LEFT JOIN (
      SELECT key, toNullable(value) AS value FROM (${how.rows(rest, asked.scope)})
    ) AS ${table} ON ${how.key} = ${table}.key`,
  }
}

/** A column for each value; those that can be read together are joined once. */
function readValues(asked: Asked, paths: readonly (readonly string[])[]) {
  const all = paths.map((path, i) => ({ path, slot: VALUE_SLOTS[i], ...howOf(asked, path) }))
  return all.map((one) => {
    const mates = all.filter(({ together }) => together && together === one.together)
    const [first] = mates
    if (!one.together || !one.slot || !first?.slot || mates.length < 2) {
      return read(asked, one.path, one.slot)
    }
    const { name, cast } = one.slot
    const { table } = first.slot
    const rows = one.together(
      mates.map(({ rest }) => rest),
      asked.scope,
    )
    return {
      name,
      select: sql`${cast(sql`${table}.values[${int(mates.indexOf(one) + 1)}]`)} AS ${name}`,
      joined:
        one === first ? sql`LEFT JOIN (${rows}) AS ${table} ON ${one.key} = ${table}.key` : sql``,
    }
  })
}

function howOf(asked: Asked, path: readonly string[]) {
  const { how, path: rest } = lookUp(asked.source, path)
  return how.kind === 'rows' ? { key: how.key, rest, together: how.together } : { rest }
}

/** Begin of the step of time that a moment lies in, as ISO 8601. */
const step = (every: Every, created: Sql) =>
  sql`formatDateTime(toDateTime(${STEPS[every](created)}, 'UTC'), '%FT%H:%i:%SZ')`

const STEPS: { readonly [every in Every]: (created: Sql) => Sql } = {
  hour: (created) => sql`toStartOfHour(${created})`,
  day: (created) => sql`toStartOfDay(${created})`,
  week: (created) => sql`toStartOfWeek(${created}, 1)`,
  month: (created) => sql`toStartOfMonth(${created})`,
}

function shown(row: z.output<typeof Row>, { by, values }: GroupQuestion): Group {
  return {
    time: row.time,
    by: by.map((path, i) => ({ field: printField(path), value: row.keys[i] ?? null })),
    count: row.count,
    values: values.map((path, i) => {
      const [n, mean, min, max, percentiles] = row.values[i] ?? [0, null, null, null, []]
      const [p50 = null, p90 = null, p95 = null, p99 = null] = n > 0 ? percentiles : []
      return { field: printField(path), n, mean, min, max, p50, p90, p95, p99 }
    }),
  }
}
