// npm start: install, build, serve.
import { ensureBuilt, ensureInstalled } from './ready.mjs'

ensureInstalled()
ensureBuilt()
await import('../dist/cli/start.js')
