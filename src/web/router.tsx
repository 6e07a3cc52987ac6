import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router'
import { Failure } from './app/Failure.tsx'
import { Home } from './app/Home.tsx'
import { NotFound } from './app/NotFound.tsx'
import { ObjectPage } from './app/ObjectPage.tsx'
import { Root } from './app/Root.tsx'
import { DatasetPage } from './datasets/DatasetPage.tsx'
import { DatasetsPage } from './datasets/DatasetsPage.tsx'
import { ExperimentPage } from './experiments/ExperimentPage.tsx'
import { ExperimentsPage } from './experiments/ExperimentsPage.tsx'
import { FeedbackPage } from './feedback/FeedbackPage.tsx'
import { ProjectLayout } from './projects/ProjectLayout.tsx'
import { ProjectsPage } from './projects/ProjectsPage.tsx'
import { parseSearch, stringifySearch } from './search-params.ts'
import { LogsPage } from './traces/LogsPage.tsx'

type Search = Record<string, unknown>
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

const root = createRootRoute({ component: Root, notFoundComponent: NotFound })
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
const app = createRoute({ getParentRoute: () => root, path: '/app', component: Home })
const org = createRoute({ getParentRoute: () => root, path: '/app/$org', component: ProjectsPage })

const object = createRoute({
  getParentRoute: () => root,
  path: '/app/$org/object',
  component: ObjectPage,
  validateSearch: (search: Search) => ({
    object_type: text(search.object_type),
    object_id: text(search.object_id),
    id: text(search.id),
  }),
})

const project = createRoute({
  getParentRoute: () => root,
  path: '/app/$org/p/$project',
  component: ProjectLayout,
})

const projectHome = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: () => <Navigate from={project.fullPath} to="/app/$org/p/$project/logs" replace />,
})

const logs = createRoute({
  getParentRoute: () => project,
  path: 'logs',
  component: LogsPage,
  validateSearch: (search: Search): { oid?: string | undefined; filter?: string | undefined } => ({
    oid: text(search.oid),
    filter: text(search.filter),
  }),
})

const feedback = createRoute({
  getParentRoute: () => project,
  path: 'feedback',
  component: FeedbackPage,
  validateSearch: (search: Search): { status?: 'pending' | undefined } => ({
    status: search.status === 'pending' ? 'pending' : undefined,
  }),
})

const experiments = createRoute({
  getParentRoute: () => project,
  path: 'experiments',
  component: ExperimentsPage,
})

const experiment = createRoute({
  getParentRoute: () => project,
  path: 'experiments/$experiment',
  component: ExperimentPage,
  validateSearch: (search: Search): { oid?: string | undefined } => ({ oid: text(search.oid) }),
})

const datasets = createRoute({
  getParentRoute: () => project,
  path: 'datasets',
  component: DatasetsPage,
})

const dataset = createRoute({
  getParentRoute: () => project,
  path: 'datasets/$dataset',
  component: DatasetPage,
  validateSearch: (search: Search): { version?: string | undefined } => ({
    version: text(search.version),
  }),
})

const routeTree = root.addChildren([
  home,
  app,
  org,
  object,
  project.addChildren([projectHome, logs, feedback, experiments, experiment, datasets, dataset]),
])

export const makeRouter = () =>
  createRouter({
    routeTree,
    parseSearch,
    stringifySearch,
    defaultErrorComponent: Failure,
    defaultNotFoundComponent: NotFound,
    trailingSlash: 'never',
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
