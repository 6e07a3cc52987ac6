import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from './Button.tsx'
import css from './LoadMore.module.css'

interface Props {
  isLoading: boolean
  onLoad: () => void
}

/** A button that also presses itself when it comes into view. */
export function LoadMore({ isLoading, onLoad }: Props) {
  const end = useRef<HTMLDivElement>(null)
  const load = useEffectEvent(onLoad)
  useEffect(() => {
    if (isLoading || !end.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) load()
      },
      { rootMargin: '300px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [isLoading])
  return (
    <div ref={end} className={css.more}>
      <Button disabled={isLoading} onClick={onLoad}>
        {isLoading ? 'Loading…' : 'Load more'}
      </Button>
    </div>
  )
}
