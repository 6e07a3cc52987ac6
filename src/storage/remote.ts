import { createClient } from '@clickhouse/client'
import {
  type ClickHouse,
  columnsOf,
  explained,
  INSERT_FORMAT,
  type Rendered,
  rowsOf,
  SETTINGS,
} from './engine.ts'
import { parametrise, type Sql } from './sql.ts'

/** A ClickHouse server across a network. */
export function openServer(url: string): ClickHouse {
  // A statement that fails on a server must not be half sent: wait for its end before the status.
  const client = createClient({ url, clickhouse_settings: { ...SETTINGS, wait_end_of_query: 1 } })
  const render = (statement: Sql): Rendered => {
    const { text, params } = parametrise(statement)
    return { query: text, query_params: params }
  }
  return {
    rows: (row, statement) => rowsOf(client, row, render(statement)),
    insert: async (table, rows) => {
      const all = [...rows]
      const columns = columnsOf(all[0])
      const values = all.map(Object.values)
      if (columns) await explained(client.insert({ table, columns, values, format: INSERT_FORMAT }))
    },
    exec: async (statement) => void (await explained(client.command(render(statement)))),
    isExclusive: false,
    close: () => client.close(),
  }
}
