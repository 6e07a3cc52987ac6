/** What middleware leaves for routes. */
export interface Env {
  Variables: {
    /** Stands in every answer and in the log. */
    requestId: string
  }
}
