import { type RefObject, useEffect, useRef } from 'react'

const FLASH = [{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }]

/** Lets an element glow for a moment when `value` changes, not when it first appears. */
export function useFlash<E extends HTMLElement>(value: string): RefObject<E | null> {
  const element = useRef<E>(null)
  const shown = useRef(value)
  useEffect(() => {
    if (shown.current === value) return
    shown.current = value
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    element.current?.animate(FLASH, { duration: 1600, easing: 'ease-out' })
  }, [value])
  return element
}
