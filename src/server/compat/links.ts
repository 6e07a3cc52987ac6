import type { Context } from 'hono'

/** The name of the one organisation of this server, as it stands in links. */
const ORG = 'default'

/** Where a page of the dashboard is, seen from where the request was sent. */
export function pageOf(c: Context, ...path: readonly string[]): string {
  const { origin } = new URL(c.req.url)
  return `${origin}/app/${[ORG, 'p', ...path].map(encodeURIComponent).join('/')}`
}
