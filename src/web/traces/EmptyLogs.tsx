import { EmptyState } from '../ui/EmptyState.tsx'
import { Snippet } from '../ui/Snippet.tsx'
import { visible } from '../ui/visible.ts'

export function EmptyLogs({ project }: { project: string }) {
  return (
    <EmptyState title={`No traces in ${visible(project)} yet`}>
      <p>Paste this into your app and run it once. The first trace will appear here by itself.</p>
      <Snippet project={project} />
    </EmptyState>
  )
}
