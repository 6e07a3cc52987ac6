import type { FilterSource } from '../../wire/filter.ts'
import type { FieldName } from '../../wire/filter-fields.ts'
import type { Sql } from '../sql.ts'
import type { Scope } from './scope.ts'
import type { Words } from './word-rows.ts'

/** How a field of the allow-list is read. `path` is what follows its name, as values only. */
export type FieldSql =
  /** From the row itself: an expression, NULL where it is missing, an array where there are many. */
  | { readonly kind: 'column'; readonly value: (path: readonly string[]) => Sql }
  /** From elsewhere: rows (key, value), each once, never NULL, that belong to a row by `key`. */
  | {
      readonly kind: 'rows'
      readonly key: Sql
      readonly rows: (path: readonly string[], scope: Scope) => Sql
      /** Several paths in one reading: rows (key, values), in the order of the paths, NULL where one has none. */
      readonly together?: (paths: readonly (readonly string[])[], scope: Scope) => Sql
      /** The value of a row that has no entry: a count is 0. */
      readonly absent?: number | string
    }
  /** By word search: the ids that match. */
  | {
      readonly kind: 'words'
      readonly key: Sql
      readonly ids: Words
      readonly rows: (ids: Sql, scope: Scope) => Sql
    }

/** Every field that wire/filter-fields.ts names, and no other. */
export type FieldTable<S extends FilterSource> = { readonly [name in FieldName<S>]: FieldSql }

/** A path as one name: `{a: {b: 1}}` is kept as `a.b`. */
export const flat = (path: readonly string[]): string => path.join('.')
