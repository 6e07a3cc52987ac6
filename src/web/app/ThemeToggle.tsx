import { setTheme, THEMES, useTheme } from '../theme.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'

/** System, light, dark, and round again. */
export function ThemeToggle() {
  const theme = useTheme()
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const label = `Theme: ${theme}. Change to ${next}`
  return (
    <Button look="quiet" aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon name={theme} />
    </Button>
  )
}
