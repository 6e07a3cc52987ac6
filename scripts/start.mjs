// npm start: install, build, serve. package.json starts it with more threads for the engine than
// libuv has by itself, and with room for young objects, which saves a tenth of the work of ingest.
import { ensureBuilt, ensureInstalled } from './ready.mjs'

ensureInstalled()
ensureBuilt()
await import('../dist/cli/start.js')
