import pLimit from 'p-limit'
import { type ClickHouse, STATEMENTS_MAX } from './engine.ts'

/** Statements that reads leave to commits: two lanes with two commits each, and two tables a commit. */
const FOR_COMMITS = 6

/**
 * The same engine for those who read: so many statements at once that a commit never waits for one of
 * them, however slow; what is more waits in turn. Slow reads share the processor with quick ones, but no
 * queue, as long as they are few.
 */
export function readSideBySide(ch: ClickHouse, statementsMax = STATEMENTS_MAX): ClickHouse {
  const limit = pLimit(Math.max(2, statementsMax - FOR_COMMITS))
  return { ...ch, rows: (row, query) => limit(() => ch.rows(row, query)) }
}
