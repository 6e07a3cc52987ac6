// Makes bodies in a thread of its own, one for each message; at the end it tells what it sampled.
import { parentPort, workerData } from 'node:worker_threads'
import { bodies, type Packing, type Samples } from './bodies.ts'
import type { Plan } from './data.ts'

const { plan, packing } = workerData as { plan: Plan; packing: Packing }
const samples: Samples = { rowIds: [], traceIds: [], bigTraceIds: [] }
const making = bodies(plan, packing, samples)

parentPort?.on('message', () => {
  const { value, done } = making.next()
  if (done) parentPort?.postMessage({ samples })
  else parentPort?.postMessage({ body: value }, [value.bytes.buffer])
})
