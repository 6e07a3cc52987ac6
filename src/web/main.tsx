import './without-eval.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './query-client.ts'
import { makeRouter } from './router.tsx'
import { tidyPath } from './search-params.ts'
import { applyTheme } from './theme.ts'
import './styles/tokens.css'
import './styles/base.css'

applyTheme()

const { pathname, search, hash } = location
if (tidyPath(pathname) !== pathname) {
  history.replaceState(null, '', tidyPath(pathname) + search + hash)
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={makeQueryClient()}>
        <RouterProvider router={makeRouter()} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
