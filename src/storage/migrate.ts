import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { int, type Sql, sql, str } from './sql.ts'

const FOLDER = new URL('./migrations/', import.meta.url)

/**
 * Power loss: sync a part and its directory before an insert is answered, sync merged parts, and
 * keep their sources until that is surely done. Without these a kill is safe and a power cut is not.
 */
const DURABLE =
  'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 480'

/** The words that differ between one node and a cluster; one node so far. */
const WORDS: Record<string, string> = {
  '{MergeTree}': 'MergeTree',
  '{ReplacingMergeTree}': 'ReplacingMergeTree',
  '{durable}': DURABLE,
}

/**
 * Brings the tables to their present shape: numbered files in order, each once. A file that changed
 * after it was applied is an error. A crash in between is mended by the next start, because every
 * statement is made repeatable (`IF NOT EXISTS`).
 */
export async function migrate(ch: ClickHouse): Promise<void> {
  await ch.exec(
    raw(`CREATE TABLE IF NOT EXISTS migrations
    (number UInt32, checksum String, applied DateTime64(3, 'UTC') DEFAULT now64(3))
    ENGINE = MergeTree ORDER BY number SETTINGS ${DURABLE}`),
  )
  const Applied = z.object({ number: z.number(), checksum: z.string() })
  const applied = await ch.rows(Applied, sql`SELECT number, checksum FROM migrations`)
  for (const { name, number, checksum, statements } of migrations()) {
    const before = applied.find((entry) => entry.number === number)
    if (before && before.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it was applied; add a new one instead.`)
    }
    if (before) continue
    for (const statement of statements) await ch.exec(statement)
    await ch.exec(
      sql`INSERT INTO migrations (number, checksum) VALUES (${int(number)}, ${str(checksum)})`,
    )
  }
}

/** The files, in order, as statements. */
export const migrations = () =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8')
      return {
        name,
        number: Number.parseInt(name, 10),
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: statementsOf(text).map(raw),
      }
    })

function statementsOf(text: string): string[] {
  return text
    .replace(/--.*$/gm, '')
    .replace(/\{\w+\}/g, (word) => WORDS[word] ?? word)
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean)
}

/** Text of our own files as a statement: it holds no values. */
const raw = (text: string): Sql => ({ strings: [text], values: [] })
