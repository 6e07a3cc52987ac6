import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, fold } from '../../src/storage/fold.ts'
import { historyOf } from './history.ts'
import type { Event } from './oracle.ts'
import { expected } from './oracle.ts'
import { Trace } from './trace.ts'

/** A fold needs no engine: as many histories as ten seconds allow. */
const HISTORIES = 5_000

/** How far apart deliveries of one event may be corrected: less than events are apart. */
const LATENCY_MICROS = 5_000_000

const KINDS: Partial<Record<Event['kind'], Entry['kind']>> = {
  span: 'whole',
  change: 'merge',
  delete: 'delete',
}

test(`${HISTORIES} histories of rows fold to what the oracle says, in any order, any number of times`, () => {
  const rows = fc.tuple(
    historyOf(fc.constant('minutes')),
    fc.infiniteStream(fc.nat(LATENCY_MICROS)),
  )
  fc.assert(
    fc.property(rows, ([one, latencies]) => {
      const trace = new Trace([one], 1_700_000_000_000)
      const entries = new Map<number, Entry[]>()
      for (const place of trace.parcels.flat()) {
        const event = trace.events[place]
        const kind = event && KINDS[event.kind]
        if (!kind) continue
        const row = trace.item(place).item as Entry['row']
        const latency = latencies.next().value ?? 0
        const created = Date.parse(trace.created(place) ?? '')
        const at = (created - trace.sending(place).skewMs) * 1000 + latency
        const before = entries.get(event.span) ?? []
        entries.set(event.span, [...before, { kind, at, arrivedAt: at, row }])
      }
      const state = expected(trace.happened(), () => true)
      for (const [n, all] of entries) {
        const { row } = fold(all)
        const wanted = state.spans.get(n)
        expect(row === null).toBe(wanted === undefined)
        if (!wanted) continue
        expect(row?.tags).toEqual(wanted.row.tags)
        for (const key of ['input', 'output', 'metadata']) {
          expect(row?.[key]).toEqual(wanted.row[key])
        }
        expect(row?.scores).toEqual(wanted.row.scores)
        expect(row?.created).toBe(trace.created(wanted.createdBy))
      }
    }),
    { numRuns: HISTORIES },
  )
})
