import './without-eval.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './query-client.ts'
import { makeRouter } from './router.tsx'
import { tidyAddress } from './search-params.ts'
import { applyTheme } from './theme.ts'
import './styles/tokens.css'
import './styles/base.css'

applyTheme()

// Not of its parts: those leave out a `?` with nothing behind it.
const address = location.href.slice(location.origin.length)
if (tidyAddress(address) !== address) history.replaceState(null, '', tidyAddress(address))

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
