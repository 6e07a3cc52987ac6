import { formatAgo, formatExact } from './format.ts'
import { useNow } from './now.ts'

/** How long ago; the exact time stands in the title. `at` is ISO 8601. */
export function Time({ at }: { at: string }) {
  const now = useNow()
  const time = Date.parse(at)
  if (Number.isNaN(time)) return <span title={at}>–</span>
  return (
    <time dateTime={new Date(time).toISOString()} title={formatExact(time)}>
      {formatAgo(time, now)}
    </time>
  )
}
