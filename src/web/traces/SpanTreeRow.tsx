import { memo } from 'react'
import { cx } from '../ui/cx.ts'
import { durationMs, formatDuration, plural } from '../ui/format.ts'
import { Icon } from '../ui/Icon.tsx'
import { Score } from '../ui/Score.tsx'
import { visible, visibleName } from '../ui/visible.ts'
import css from './SpanTree.module.css'
import { TypeIcon } from './TypeIcon.tsx'
import type { TreeRow } from './tree.ts'

const INDENT_PX = 12
const INDENT_MAX = 12

interface Props {
  row: TreeRow
  domId: string
  isSelected: boolean
  isFolded: boolean
  onSelect: (id: string) => void
  onFold: (id: string, isFolded: boolean) => void
}

export const SpanTreeRow = memo(function SpanTreeRow(props: Props) {
  const { row, domId, isSelected, isFolded, onSelect, onFold } = props
  const { span, level, position, siblings, hasChildren } = row
  // In a narrow column there is room for one; the others stand in the span's own header.
  const score = span.scores.toSorted((a, b) => b.n - a.n)[0]
  const ms = durationMs(span.start, span.end)
  const name = visibleName(span.name)
  const isRunning = span.start !== null && span.end === null
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the focus and the keys
    <div
      id={domId}
      role="treeitem"
      tabIndex={-1}
      aria-label={name}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? !isFolded : undefined}
      className={cx(css.row, isSelected && css.selected)}
      data-span={span.id}
      onClick={() => onSelect(span.id)}
    >
      <span
        className={css.indent}
        style={{ width: Math.min(level - 1, INDENT_MAX) * INDENT_PX }}
        aria-hidden="true"
      />
      <span
        className={cx(css.fold, hasChildren && css.foldable, hasChildren && !isFolded && css.open)}
        aria-hidden="true"
        onClick={(event) => {
          if (!hasChildren) return
          event.stopPropagation()
          onFold(span.id, !isFolded)
        }}
      >
        {hasChildren && <Icon name="chevron" size={10} />}
      </span>
      <TypeIcon type={span.type} />
      <span className={css.name} title={name}>
        {name}
      </span>
      {span.error !== null && (
        <span className={css.error} title={visible(span.error)}>
          <Icon name="error" size={12} />
          <span className="sr-only">error</span>
        </span>
      )}
      {span.feedback_count > 0 && (
        <span
          className={css.votes}
          title={`${plural(span.feedback_count, 'feedback', 'feedback')} on this span`}
        >
          <Icon name="comment" size={11} />
          {span.feedback_count}
        </span>
      )}
      <span className={css.end}>
        {score && <Score score={score} isShort />}
        {isRunning ? (
          <span className={css.running} title="Running">
            <span className="sr-only">running</span>
          </span>
        ) : (
          <span className={css.duration}>{ms === null ? '' : formatDuration(ms)}</span>
        )}
      </span>
    </div>
  )
})
