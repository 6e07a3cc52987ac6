import type { Org } from './org.ts'

/** What middleware leaves for routes. */
export interface Env {
  Variables: {
    /** Stands in every answer and in the log. */
    requestId: string
    org: Org
    /** Where the client reached us, and reaches us again: `http://127.0.0.1:4333`. */
    origin: string
  }
}
