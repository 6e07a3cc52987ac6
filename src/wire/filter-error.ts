/** What is wrong with the text of a filter, and where. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
  /** Characters from the start of the text, from 0. */
  readonly position: number
  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}
