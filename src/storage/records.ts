import { z } from 'zod'
import type { Dataset } from '../wire/datasets.ts'
import { append } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { wrongCursor } from './cursor.ts'
import type { Bounded } from './filter/bounded.ts'
import type { RowJson } from './merge.ts'
import { fitting } from './page-bytes.ts'
import { foldRecord, type StoredWrite } from './record-fold.ts'
import { after, Listings } from './record-listing.ts'
import { int, join, type Sql, sql, str, strs, uuid } from './sql.ts'

const Listed = z.object({
  id: z.string(),
  micros: z.coerce.number(),
  bytes: z.coerce.number(),
})

/** Greater than every transaction id: the present version. */
const NOW = String(2n ** 64n - 1n)

type Where = Pick<Dataset, 'id' | 'project_id'>

/** A record at a version. */
export interface DatasetRecord {
  readonly id: string
  /** When its first write arrived, ISO 8601. */
  readonly created: string
  /** Of the write that made it what it is. */
  readonly xactId: string
  readonly row: RowJson
}

/** A record and where to go on after it; null: it has gone meanwhile. */
interface RecordInOrder {
  readonly record: DatasetRecord | null
  readonly cursor: string
  /** Of the writes that it is made of. */
  readonly bytes: number
}

const upTo = ({ id, project_id }: Where, version: string): Sql =>
  sql`project_id = ${uuid(project_id)} AND dataset_id = ${uuid(id)} AND xact_id <= ${int(version)}`

/**
 * The records that some writes leave, whole datasets up to a version: rows (dataset_id, id, first, bytes), `first`
 * the arrival of the oldest write.
 */
const alive = (writes: Sql): Sql => sql`
  SELECT dataset_id, id, min(arrived.2) AS first, sum(size) AS bytes
  FROM (
    SELECT dataset_id, id, any(kind) AS kind, any(bytes) AS size,
      min((xact_id, written_at)) AS arrived
    FROM dataset_records WHERE ${writes} GROUP BY dataset_id, id, delivery
  )
  GROUP BY dataset_id, id
  HAVING argMax(kind, arrived) != 'delete'`

/**
 * Records of datasets. A version is a transaction id; without one, whatever was acknowledged is there.
 * `settled` resolves to the present version, when every write up to it is done.
 */
export const recordQueries = (ch: ClickHouse, bounded: Bounded, settled: () => Promise<string>) => {
  /** Records by id at a version; those that are not there are left out. */
  async function at(dataset: Where, ids: readonly string[], version = NOW) {
    const Row = z.object({
      id: z.string(),
      xact_id: z.string(),
      created: z.string(),
      kind: z.enum(['whole', 'merge', 'delete']),
      row: z.string(),
    })
    const rows = ids.length
      ? await ch.rows(
          Row,
          sql`SELECT id, xact_id, written_at AS created, kind, row FROM dataset_records
              WHERE ${upTo(dataset, version)} AND id IN ${strs(ids)}
              ORDER BY id, xact_id, written_at LIMIT 1 BY id, delivery`,
        )
      : []
    const writes = new Map<string, StoredWrite[]>()
    for (const { id, xact_id, created, kind, row } of rows) {
      append(writes, id, { kind, xactId: xact_id, created, row: JSON.parse(row) })
    }
    return new Map(
      ids.flatMap((id) => {
        const folded = foldRecord(writes.get(id) ?? [])
        return folded ? [[id, { id, ...folded }] as const] : []
      }),
    )
  }

  const listings = new Listings(async (key) => {
    const [project_id = '', id = '', version = ''] = key.split(' ')
    const dataset = { project_id, id }
    const [records, [deletion]] = await Promise.all([
      ch.rows(
        Listed,
        sql`SELECT id, toUnixTimestamp64Micro(first) AS micros, bytes
            FROM (${alive(upTo(dataset, version))}) ORDER BY micros DESC, id DESC`,
      ),
      ch.rows(
        z.object({ newest: z.string() }),
        sql`SELECT max(xact_id) AS newest FROM dataset_records
            WHERE ${upTo(dataset, version)} AND kind = 'delete'`,
      ),
    ])
    return { records, newestDeletion: deletion?.newest ?? '0' }
  })

  /** How many records there are in each of some datasets of a project, by dataset id; none: left out. */
  async function counts(projectId: string, ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map()
    const Row = z.object({ dataset_id: z.string(), n: z.coerce.number() })
    const which = sql`project_id = ${uuid(projectId)}
      AND dataset_id IN (${join(
        ids.map((id) => sql`${uuid(id)}`),
        ', ',
      )})`
    const rows = await bounded.wide(
      Row,
      sql`SELECT dataset_id, count() AS n FROM (${alive(which)}) GROUP BY dataset_id`,
    )
    return new Map(rows.map(({ dataset_id, n }) => [dataset_id, n]))
  }

  return {
    at,

    /**
     * Newest first, by key, all pages at one version: that which was asked for, or the present one when the
     * first page is read. `limit` is 1 to 1000; large records make a page shorter. None: the end.
     *
     * The official SDKs take the greatest transaction id of the records for the version of the dataset. A
     * deletion has no record to carry its id, so the first one does: it is the same at that version too.
     */
    page: async (
      dataset: Where,
      asked: { version?: string | undefined; limit: number; cursor?: string | undefined },
    ): Promise<RecordInOrder[]> => {
      const place = asked.cursor === undefined ? null : decodePlace(asked.cursor)
      const version = place?.version ?? earlier(asked.version ?? NOW, await settled())
      const listing = await listings.get(`${dataset.project_id} ${dataset.id} ${version}`)
      const taken = fitting(after(listing, place, asked.limit))
      const records = await at(
        dataset,
        taken.map(({ id }) => id),
        version,
      )
      return taken.map(({ id, micros, bytes }, i) => {
        const record = records.get(id)
        const carried = place === null && i === 0 ? listing.newestDeletion : '0'
        return {
          record: record ? { ...record, xactId: later(record.xactId, carried) } : null,
          cursor: encodePlace({ version, micros, id }),
          bytes,
        }
      })
    },

    counts,

    /** How many records there are. */
    count: async ({ id, project_id }: Where): Promise<number> =>
      (await counts(project_id, [id])).get(id) ?? 0,

    /** The ids of records that were written to after a version, in order, after `afterId`. */
    changedSince: async (dataset: Where, version: string, afterId: string, limit: number) => {
      const rows = await ch.rows(
        z.object({ id: z.string() }),
        sql`SELECT DISTINCT id FROM dataset_records
            WHERE ${upTo(dataset, NOW)} AND xact_id > ${int(version)}
              AND id > ${str(afterId)}
            ORDER BY id LIMIT ${int(limit)}`,
      )
      return rows.map(({ id }) => id)
    },
  }
}

const later = (a: string, b: string) => (BigInt(a) > BigInt(b) ? a : b)
const earlier = (a: string, b: string) => (BigInt(a) < BigInt(b) ? a : b)

/** Where a page ended, and at which version: base64url of JSON. */
const Place = z.tuple([z.string().regex(/^\d{1,20}$/), z.number().int(), z.string()])

const encodePlace = ({ version, micros, id }: { version: string; micros: number; id: string }) =>
  Buffer.from(JSON.stringify([version, micros, id])).toString('base64url')

/** Throws AppError `invalid_request` for text that is not a cursor of ours. */
function decodePlace(text: string) {
  try {
    const json = Buffer.from(text, 'base64url').toString('utf8')
    const [version, micros, id] = Place.parse(JSON.parse(json))
    return { version, micros, id }
  } catch (cause) {
    throw wrongCursor(cause)
  }
}
