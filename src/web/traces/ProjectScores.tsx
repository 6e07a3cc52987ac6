import { useQuery } from '@tanstack/react-query'
import { Scores } from '../ui/Score.tsx'
import { useLive } from '../use-live.ts'
import css from './ProjectScores.module.css'
import { projectGapMs, projectScoresQuery } from './queries.ts'

/** The mean of every score over the whole project; nothing while there is none. */
export function ProjectScores({ project, isBehind }: { project: string; isBehind: boolean }) {
  const query = projectScoresQuery(project)
  const { data: scores } = useQuery(query)
  useLive(project, query.queryKey, projectGapMs, { isBehind })
  if (!scores || scores.length === 0) return null
  return (
    <section className={css.scores} aria-label="Averages of the project">
      <h2 className={css.title}>All traces</h2>
      <Scores scores={scores} />
    </section>
  )
}
