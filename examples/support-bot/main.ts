import { serve } from '@hono/node-server'
import { handle } from './app.ts'

const port = Number(process.env.PORT || 4400)

serve({ fetch: handle, hostname: '127.0.0.1', port }, ({ port: opened }) => {
  console.log(`Support bot: http://127.0.0.1:${opened}`)
})
