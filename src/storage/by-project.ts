/** What belongs to each project, in order: a statement is of one project. */
export function byProject<T extends { readonly projectId: string }>(
  items: readonly T[],
): [projectId: string, items: T[]][] {
  const projects = new Map<string, T[]>()
  for (const item of items) append(projects, item.projectId, item)
  return [...projects]
}

/** Adds to the list under a key, which it begins if there is none. */
export function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
