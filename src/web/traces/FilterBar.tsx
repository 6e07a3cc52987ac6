import { type FormEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { isTyping } from '../ui/keys.ts'
import css from './FilterBar.module.css'
import { filterProblem } from './filter-problem.ts'

interface Props {
  /** What the list is narrowed to now. */
  filter: string | undefined
  onFilter: (filter: string | undefined) => void
}

/** Narrows the list by the language of docs/filters.md. A mistake is told while it is typed, with its place. */
export function FilterBar({ filter = '', onFilter }: Props) {
  const [text, setText] = useState(filter)
  const [shown, setShown] = useState(filter)
  if (shown !== filter) {
    // The address changed by itself: the way back, or a link.
    setShown(filter)
    setText(filter)
  }
  const field = useRef<HTMLInputElement>(null)
  useSlash(() => field.current?.focus())
  const problemId = useId()
  const problem = text === filter ? null : filterProblem(text)

  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (!problem) onFilter(text.trim() || undefined)
  }
  const clear = () => {
    setText('')
    onFilter(undefined)
    field.current?.focus()
  }
  return (
    <search className={css.bar}>
      <form className={css.form} onSubmit={apply}>
        <input
          ref={field}
          className={css.field}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          placeholder='Filter: scores.helpful < 0.5 and comment ~ "wrong" and created > -7d'
          aria-label="Filter"
          aria-invalid={problem !== null}
          aria-describedby={problem ? problemId : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        {text !== filter && (
          <Button type="submit" disabled={problem !== null}>
            Apply
          </Button>
        )}
        {text !== '' && (
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
        )}
      </form>
      {problem && (
        <div id={problemId} role="status" className={css.problem}>
          {problem.position !== undefined && (
            <p className={css.place} aria-hidden="true">
              {text.slice(0, problem.position)}
              <mark>{text.slice(problem.position, problem.position + 1) || ' '}</mark>
              {text.slice(problem.position + 1)}
            </p>
          )}
          <p>{problem.message}</p>
        </div>
      )}
    </search>
  )
}

/** The key `/` goes to the field, as in other tools. */
function useSlash(go: () => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== '/' || isTyping(event)) return
    event.preventDefault()
    go()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
