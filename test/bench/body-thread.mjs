// A thread does not inherit the loader of TypeScript: it is given one of its own.
import { register } from 'tsx/esm/api'

register()
await import('./body-worker.ts')
