import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'heed-theme'
const listeners = new Set<() => void>()
let current: Theme = read()

/** Storage may be forbidden by the browser: then the choice lasts as long as the page. */
function read(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system'
  } catch {
    return 'system'
  }
}

export function setTheme(theme: Theme): void {
  current = theme
  document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {}
  for (const changed of listeners) changed()
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => current)

/** Once, before anything is drawn. */
export const applyTheme = (): void => {
  document.documentElement.dataset.theme = current
}
