import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from '../ui/Icon.tsx'
import { visible } from '../ui/visible.ts'
import css from './Header.module.css'
import { LiveMark } from './LiveMark.tsx'
import { SignOut } from './SignOut.tsx'
import { ThemeToggle } from './ThemeToggle.tsx'

interface Props {
  org: string
  project?: string
  /** The pages of a project. */
  children?: ReactNode
}

export function Header({ org, project, children }: Props) {
  return (
    <header className={css.header}>
      <Link to="/app/$org" params={{ org }} className={css.brand} aria-label="Heed, all projects">
        <Icon name="logo" size={18} />
        <span>Heed</span>
      </Link>
      {project !== undefined && (
        <Link to="/app/$org/p/$project" params={{ org, project }} className={css.project}>
          {visible(project)}
        </Link>
      )}
      {children}
      <div className={css.end}>
        <LiveMark project={project ?? null} />
        <ThemeToggle />
        <SignOut />
      </div>
    </header>
  )
}
