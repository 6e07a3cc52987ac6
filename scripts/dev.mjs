// npm run dev: the server from its source, restarted when it changes, and Vite for the dashboard.
import { spawn } from 'node:child_process'
import { ensureInstalled, root } from './ready.mjs'

ensureInstalled()
const tsx = ['node_modules/tsx/dist/cli.mjs', 'watch', '--conditions', 'heed-source']
const children = [
  spawn(process.execPath, [...tsx, 'src/cli/start.ts'], { cwd: root, stdio: 'inherit' }),
  spawn(process.execPath, ['node_modules/vite/bin/vite.js'], { cwd: root, stdio: 'inherit' }),
]
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal)
  })
}
