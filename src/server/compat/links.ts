import type { Context } from 'hono'
import type { Env } from '../env.ts'

/** Where a page of the dashboard is, seen from where the request was sent. */
export function pageOf(c: Context<Env>, ...path: readonly string[]): string {
  const { origin, org } = c.var
  return `${origin}/app/${[org.name, 'p', ...path].map(encodeURIComponent).join('/')}`
}
