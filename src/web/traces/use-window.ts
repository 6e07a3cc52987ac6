import { type RefObject, useEffect, useState } from 'react'

/** Drawn beyond what is in view, so that scrolling shows no gap. */
const MARGIN_ROWS = 20

/** Few rows are all drawn: then the browser's own search finds them too. */
const ALL_ROWS_MAX = 200

/** Which of many rows of one height are in view: from `from` up to, not including, `to`. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, rowPx: number) {
  const [view, setView] = useState({ first: 0, last: 60 })
  const isWhole = count <= ALL_ROWS_MAX
  useEffect(() => {
    const box = scroller.current
    if (!box || isWhole) return
    const look = () =>
      setView({
        first: Math.floor(box.scrollTop / rowPx),
        last: Math.ceil((box.scrollTop + box.clientHeight) / rowPx),
      })
    look()
    const resized = new ResizeObserver(look)
    resized.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [scroller, isWhole, rowPx])
  if (isWhole) return { from: 0, to: count }
  const to = Math.min(count, view.last + MARGIN_ROWS)
  return { from: Math.max(0, Math.min(to, view.first - MARGIN_ROWS)), to }
}
