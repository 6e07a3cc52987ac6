/** What stands in the address after `?`. Row ids are opaque: `123` must stay text, so nothing is guessed. */
export const parseSearch = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(text))

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value)
  }
  return params.size > 0 ? `?${params}` : ''
}

/**
 * An address as the router expects it, from one that SDKs glued together: an app URL that ends in a slash
 * gives `//app`, and the name of a project stands in it as it is, with its own `/`, `%`, `?` and `#`.
 */
export function tidyAddress(address: string): string {
  const whole = address.replace(
    /^(\/+app\/[^/]+\/p\/)([^?#]*[?#].*)(\/logs\?oid=[^?#&]*)$/,
    (_, before, name, after) => before + name.replaceAll('?', '%3F').replaceAll('#', '%23') + after,
  )
  const end = whole.search(/[?#]|$/)
  return tidyPath(whole.slice(0, end)) + whole.slice(end)
}

function tidyPath(path: string): string {
  return path
    .replace(/\/{2,}/g, '/')
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/^(\/app\/[^/]+\/p\/)(.+)(\/(?:logs|feedback)\/?)$/, (_, before, name, after) => {
      return before + name.replaceAll('/', '%2F') + after
    })
}
