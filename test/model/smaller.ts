import type { History } from './history.ts'
import type { Event } from './oracle.ts'

/** Histories that are simpler by one step, the boldest first. */
export function* smaller(history: History): Generator<History> {
  const { events, parcels, sendings, hasHeedIds } = history
  for (const place of [...events.keys()].reverse()) {
    const without = withoutEvent(history, place)
    if (without) yield without
  }
  const order = parcels.flat()
  for (const i of order.keys()) {
    const isThere = order.some((place, j) => place === order[i] && j !== i)
    if (isThere) yield { ...history, parcels: order.filter((_, j) => j !== i).map((n) => [n]) }
  }
  const alone = order.map((place) => [place])
  if (parcels.length < order.length) yield { ...history, parcels: alone }
  if (sendings.some(({ skewMs }) => skewMs !== 0)) {
    yield { ...history, sendings: sendings.map((one) => ({ ...one, skewMs: 0 })) }
  }
  if (!hasHeedIds) yield { ...history, hasHeedIds: true }
  for (const [place, event] of events.entries()) {
    for (const plain of plainer(event)) {
      yield { ...history, events: events.with(place, plain) }
    }
  }
  const inOrder = order.toSorted((a, b) => a - b)
  if (inOrder.some((n, i) => n !== order[i])) {
    yield { ...history, parcels: inOrder.map((n) => [n]) }
  }
}

/** Null where another event names this one. */
function withoutEvent(history: History, place: number): History | null {
  const { events, sendings, parcels } = history
  if (events.length === 1) return null
  if (events.some((event) => event.kind === 'edit' && event.of === place)) return null
  const moved = (n: number) => (n > place ? n - 1 : n)
  const left = events.filter((_, n) => n !== place)
  return {
    ...history,
    events: left.map((event) => {
      if (event.kind === 'edit') return { ...event, of: moved(event.of) }
      if (event.kind !== 'comment' || event.answers === null) return event
      return { ...event, answers: event.answers === place ? null : moved(event.answers) }
    }),
    sendings: sendings.filter((_, n) => n !== place),
    parcels: parcels
      .map((parcel) => parcel.filter((n) => n !== place).map(moved))
      .filter((parcel) => parcel.length > 0),
  }
}

function* plainer(event: Event): Generator<Event> {
  if (event.kind === 'span' || event.kind === 'change') {
    for (const key of Object.keys(event.patch)) {
      const patch = Object.fromEntries(
        Object.entries(event.patch).filter(([other]) => other !== key),
      )
      yield { ...event, patch }
    }
  }
}
