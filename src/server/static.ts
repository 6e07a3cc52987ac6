import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context } from 'hono'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** What users and models wrote is hostile in the browser: nothing runs or loads but our own files. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Where the build leaves the dashboard, seen from the built server and from its source alike. */
const FOLDER = ['../web/', '../../dist/web/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, 'index.html')) && existsSync(join(path, 'assets')))

/**
 * The dashboard's files, read once: there are few, and a path that is not in the map cannot reach
 * the disk. Every other address is the page itself, which routes by its URL.
 */
export function dashboard() {
  const files = new Map<string, Buffer>()
  for (const entry of FOLDER ? readdirSync(FOLDER, { recursive: true, withFileTypes: true }) : []) {
    if (!FOLDER || !entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(FOLDER, path)}`, readFileSync(path))
  }
  return (c: Context): Response | undefined => {
    const isAsset = files.has(c.req.path)
    const path = isAsset ? c.req.path : '/index.html'
    const bytes = files.get(path)
    if (!bytes || (!isAsset && !isPage(c))) return undefined
    c.header('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream')
    c.header('Content-Security-Policy', CSP)
    // Names of assets carry a hash of their content.
    const isHashed = path.startsWith('/assets/')
    c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    return c.body(new Uint8Array(bytes))
  }
}

const isPage = (c: Context) =>
  /^\/+(app(\/.*)?)?$/.test(c.req.path) && (c.req.header('Accept') ?? '*/*').match(/html|\*\/\*/)
