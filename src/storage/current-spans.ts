import { sql } from './sql.ts'

/**
 * The table of spans as they are now: the newest version of each row, the deleted left out. FINAL merges
 * only where versions of a row may lie in several parts; if the engine knew the column of deletions
 * (`ReplacingMergeTree(version, is_deleted)`), it would merge all of them, every time.
 */
export const CURRENT_SPANS = sql`(SELECT * FROM spans FINAL WHERE is_deleted = 0) AS spans`
