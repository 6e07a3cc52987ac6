/** The one organisation of this server, as it stands in links and in answers to the official SDKs. */
export interface Org {
  /** The same on every server and for good: there is one organisation, whatever its name. */
  readonly id: string
  readonly name: string
}

export const orgNamed = (name: string): Org => ({
  id: '6f1d0b1e-4a52-4c43-8f0e-2b9d5c7a1e90',
  name,
})
