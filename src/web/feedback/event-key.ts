interface Event {
  /** Row id of the judged span. */
  id: string
  /** Null: the program logged it with the span. */
  feedback_id: string | null
}

/** What tells one event, or comment, from all others: one `feedback_id` may be used on several spans. */
export const eventKey = ({ id, feedback_id }: Event): string => JSON.stringify([id, feedback_id])
