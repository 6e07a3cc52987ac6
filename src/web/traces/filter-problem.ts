import { checkFilter } from '../../wire/filter-check.ts'
import { FilterError } from '../../wire/filter-error.ts'
import { parseFilter } from '../../wire/filter-text.ts'

export interface FilterProblem {
  readonly message: string
  /** Characters from the start, from 0; absent where no place is to blame. */
  readonly position: number | undefined
}

/** What the server would say of a filter for traces; null where it would take it. */
export function filterProblem(text: string): FilterProblem | null {
  // A tree as JSON is left to the server.
  if (text.trim() === '' || /^\s*\{/.test(text)) return null
  try {
    const { filter, positions } = parseFilter(text)
    const [problem] = checkFilter('traces', filter)
    return problem ? { message: problem.message, position: positions.get(problem.leaf) } : null
  } catch (failure) {
    if (!(failure instanceof FilterError)) throw failure
    return { message: failure.message, position: failure.position }
  }
}
