import { Change } from '../wire/live.ts'

/** `anew`: something may have been missed, read everything again. */
export type LiveEvent =
  | { type: 'change'; change: Change }
  | { type: 'anew' }
  | { type: 'status'; isConnected: boolean }

type Message = (LiveEvent & { to?: string }) | { type: 'ask'; from: string }

export interface Channel {
  post(message: Message): void
  listen(on: (message: Message) => void): void
  close(): void
}

/** What sharing needs of the browser; tests pass their own. */
export interface LiveEffects {
  /** Opens the server's stream; returns how to close it. */
  stream(url: string, tell: (event: LiveEvent) => void): () => void
  /** Null where tabs cannot agree on a leader: plain http on a name other than localhost. */
  locks: Pick<LockManager, 'request'> | null
  channel(name: string): Channel
}

/**
 * Listens to the changes of one stream, with a single connection for all tabs of this browser: HTTP/1.1
 * allows six to a host, and a stream holds one forever. The tab that gets the lock leads: it keeps the
 * connection and passes on what comes; the others listen. When it closes, the lock goes to the next one,
 * whose new connection says `anew` to all, because something may have happened in between.
 */
export function joinLive(
  url: string,
  on: (event: LiveEvent) => void,
  effects: LiveEffects = browser,
): () => void {
  const { locks } = effects
  if (!locks) return effects.stream(url, on)

  const me = Math.random().toString(36).slice(2)
  const channel = effects.channel(`heed ${url}`)
  const leave = new AbortController()
  let isLeading = false
  let isConnected = false

  const tellAll = (event: LiveEvent) => {
    isConnected = event.type === 'status' ? event.isConnected : true
    on(event)
    channel.post(event)
  }

  channel.listen((message) => {
    if (message.type === 'ask') {
      if (!isLeading || !isConnected) return
      channel.post({ type: 'status', isConnected, to: message.from })
      channel.post({ type: 'anew', to: message.from })
    } else if (!isLeading && (message.to === undefined || message.to === me)) {
      on(message)
    }
  })

  const lead = () =>
    new Promise<void>((release) => {
      isLeading = true
      const close = effects.stream(url, tellAll)
      leave.signal.addEventListener('abort', () => {
        close()
        release()
      })
    })
  locks.request(`heed ${url}`, { signal: leave.signal }, lead).catch(() => {
    // Left before its turn came.
  })
  channel.post({ type: 'ask', from: me })

  return () => {
    leave.abort()
    channel.close()
  }
}

const REOPEN_MS = 1000

function openStream(url: string, tell: (event: LiveEvent) => void): () => void {
  let source: EventSource
  let reopen: ReturnType<typeof setTimeout>
  const open = () => {
    source = new EventSource(url)
    source.onopen = () => tell({ type: 'status', isConnected: true })
    source.addEventListener('hello', () => tell({ type: 'anew' }))
    source.addEventListener('reset', () => tell({ type: 'anew' }))
    source.addEventListener('change', (event: MessageEvent<string>) => {
      const change = readChange(event.data)
      tell(change ? { type: 'change', change } : { type: 'anew' })
    })
    source.onerror = () => {
      tell({ type: 'status', isConnected: false })
      // It reconnects by itself after a broken connection, but never after an answer such as 503.
      if (source.readyState === EventSource.CLOSED) reopen = setTimeout(open, REOPEN_MS)
    }
  }
  open()
  return () => {
    clearTimeout(reopen)
    source.close()
  }
}

function readChange(text: string): Change | undefined {
  try {
    return Change.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const browser: LiveEffects = {
  stream: openStream,
  locks: globalThis.navigator?.locks ?? null,
  channel: (name) => {
    const channel = new BroadcastChannel(name)
    return {
      post: (message) => channel.postMessage(message),
      listen: (on) => {
        channel.onmessage = (event: MessageEvent<Message>) => on(event.data)
      },
      close: () => channel.close(),
    }
  },
}
