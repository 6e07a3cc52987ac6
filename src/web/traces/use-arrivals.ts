import { useEffect, useRef, useState } from 'react'
import type { TraceSummary } from '../../wire/traces.ts'
import { plural } from '../ui/format.ts'

/** Screen readers are told at most this often, whatever the flood. */
const ANNOUNCE_MS = 3000

const NONE: ReadonlySet<string> = new Set()

/** Traces that came since the list was first shown, and a sentence about them for those who listen. */
export function useArrivals(traces: TraceSummary[] | undefined) {
  const [announcement, setAnnouncement] = useState('')
  const [news, setNews] = useState(NONE)
  const known = useRef<Set<string> | null>(null)
  const newest = useRef('')
  const untold = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    if (!traces) return
    const seen = known.current
    known.current = new Set([...(seen ?? []), ...traces.map((trace) => trace.trace_id)])
    // What "load more" brings is older than the newest seen: that is no news.
    const fresh = traces.filter((t) => seen && !seen.has(t.trace_id) && t.created > newest.current)
    newest.current = traces[0]?.created ?? newest.current
    if (fresh.length === 0) return
    setNews(new Set(fresh.map((trace) => trace.trace_id)))
    untold.current += fresh.length
    timer.current ??= setTimeout(() => {
      setAnnouncement(plural(untold.current, 'new trace'))
      untold.current = 0
      timer.current = undefined
    }, ANNOUNCE_MS)
  }, [traces])

  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )

  return { news, announcement }
}
