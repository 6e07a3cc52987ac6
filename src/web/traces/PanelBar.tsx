import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Icon } from '../ui/Icon.tsx'
import { visible } from '../ui/visible.ts'
import css from './PanelBar.module.css'
import type { Neighbours } from './use-neighbours.ts'

interface Props {
  rowId: string
  neighbours: Neighbours
  onSelect: (rowId: string) => void
  onClose: () => void
}

export function PanelBar({ rowId, neighbours: { newer, older }, onSelect, onClose }: Props) {
  return (
    <div className={css.bar}>
      <Button look="quiet" aria-label="Close trace" title="Close (Escape)" onClick={onClose}>
        <Icon name="close" />
      </Button>
      <Button
        look="quiet"
        aria-label="Newer trace"
        title="Newer trace (k)"
        disabled={newer === undefined}
        onClick={() => newer !== undefined && onSelect(newer)}
      >
        <Icon name="previous" />
      </Button>
      <Button
        look="quiet"
        aria-label="Older trace"
        title="Older trace (j)"
        disabled={older === undefined}
        onClick={() => older !== undefined && onSelect(older)}
      >
        <Icon name="next" />
      </Button>
      <code className={css.id} title="Row id of the selected span">
        {visible(rowId)}
      </code>
      <CopyButton label="Copy row id" text={() => rowId} />
    </div>
  )
}
