import { useState } from 'react'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'

const SHOWN_MS = 1500

export function CopyButton({ text, label = 'Copy' }: { text: () => string; label?: string }) {
  const [isCopied, setCopied] = useState(false)
  // Without https the browser offers no clipboard: then there is no button either.
  if (!globalThis.navigator.clipboard) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <Button look="quiet" aria-label={label} title={label} onClick={() => void copy()}>
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span className="sr-only" aria-live="polite">
        {isCopied ? 'Copied' : ''}
      </span>
    </Button>
  )
}
