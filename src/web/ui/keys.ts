/** Keys that belong to a field, to a shortcut of the browser, or to someone who has taken them already. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return true
  return (
    event.target instanceof Element && event.target.closest('input, textarea, [role=tree]') !== null
  )
}
