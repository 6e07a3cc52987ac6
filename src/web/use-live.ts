import { type QueryClient, type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { Change } from '../wire/live.ts'
import { address } from './api.ts'
import { joinLive, type LiveEvent } from './live.ts'
import { pace } from './pace.ts'
import { projectsQuery } from './projects/queries.ts'

interface Stream {
  listeners: Set<(event: LiveEvent) => void>
  status: LiveStatus
  leave: () => void
  closing?: ReturnType<typeof setTimeout>
}

export type LiveStatus = 'connecting' | 'live' | 'reconnecting'

/** Going from one page to another must not close and reopen the stream. */
const LINGER_MS = 2000

/** How long something waits so that what is looked at goes first, and how often it follows at most. */
const BEHIND = { delayMs: 400, gapMs: 2000 }
const HIDDEN = { delayMs: 1000, gapMs: 4000 }

const streams = new Map<string, Stream>()

/**
 * The stream of a project; of all of them for null, and also for one that is not made yet, because that
 * is where its making is told. Null while we do not know whether there is such a project.
 */
function useStreamUrl(project: string | null): string | null {
  const { data: exists } = useQuery({
    ...projectsQuery,
    enabled: project !== null,
    staleTime: Number.POSITIVE_INFINITY,
    select: ({ projects }) => projects.some(({ name }) => name === project),
  })
  if (project !== null && exists === undefined) return null
  return address('/v1/live', { project_name: exists ? project : null })
}

function openStream(url: string): Stream {
  const stream: Stream = { listeners: new Set(), status: 'connecting', leave: () => {} }
  stream.leave = joinLive(url, (event) => {
    if (event.type === 'status') stream.status = event.isConnected ? 'live' : 'reconnecting'
    for (const listener of stream.listeners) listener(event)
  })
  streams.set(url, stream)
  return stream
}

function listen(url: string, listener: (event: LiveEvent) => void): () => void {
  const stream = streams.get(url) ?? openStream(url)
  clearTimeout(stream.closing)
  stream.listeners.add(listener)
  return () => {
    stream.listeners.delete(listener)
    if (stream.listeners.size > 0) return
    stream.closing = setTimeout(() => {
      stream.leave()
      streams.delete(url)
    }, LINGER_MS)
  }
}

/**
 * Refreshes what stands under `key` whenever a change concerns it. `gapMs` says how long at most a change
 * may wait behind an earlier one, or null if it changes nothing here. A lone change is served at once,
 * except where `isBehind` says that something else on the page is looked at first.
 */
export function useLive(
  project: string | null,
  key: QueryKey,
  gapMs: (change: Change) => number | null,
  { isBehind = false } = {},
): void {
  const client = useQueryClient()
  const url = useStreamUrl(project)
  const keyText = JSON.stringify(key)
  const gap = useEffectEvent(gapMs)
  const leisure = useEffectEvent(() =>
    document.hidden ? HIDDEN : isBehind ? BEHIND : { delayMs: 0, gapMs: 0 },
  )
  useEffect(() => {
    if (url === null) return
    const refresh = pace(() => refetch(client, JSON.parse(keyText)))
    const stop = listen(url, (event) => {
      if (event.type === 'status') return
      const isAnew = event.type === 'anew' || event.change.projects
      const wantedMs = isAnew ? 0 : gap(event.change)
      const { delayMs, gapMs } = leisure()
      if (wantedMs !== null) refresh.ask(Math.max(wantedMs, gapMs), delayMs)
    })
    return () => {
      stop()
      refresh.stop()
    }
  }, [client, url, keyText])
}

/** A request already on its way may have been answered before the change: wait for it, then ask anew. */
async function refetch(client: QueryClient, key: QueryKey): Promise<void> {
  const underway = client.getQueryCache().findAll({ queryKey: key, fetchStatus: 'fetching' })
  await Promise.allSettled(underway.map((query) => query.promise))
  await client.refetchQueries({ queryKey: key, type: 'active' }, { cancelRefetch: false })
}

export function useLiveStatus(project: string | null): LiveStatus {
  const url = useStreamUrl(project)
  return useSyncExternalStore(
    useCallback((changed) => (url === null ? () => {} : listen(url, changed)), [url]),
    () => (url === null ? undefined : streams.get(url)?.status) ?? 'connecting',
  )
}
