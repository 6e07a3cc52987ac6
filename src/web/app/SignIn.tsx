import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { visible } from '../ui/visible.ts'
import css from './SignIn.module.css'

/** Shown in place of any page, so that the address is still there after signing in. */
export function SignIn() {
  const client = useQueryClient()
  const [apiKey, setApiKey] = useState('')
  const signIn = useMutation({
    mutationFn: () => api.signIn(apiKey.trim()),
    onSuccess: () => client.resetQueries(),
  })
  return (
    <main className={css.page}>
      <title>Sign in · Heed</title>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <h1 className={css.title}>
          <Icon name="logo" size={22} /> Sign in to Heed
        </h1>
        <p>
          <code>npm start</code> prints a link that opens this dashboard signed in. Or paste an API
          key: the one printed at the first start, or the one in <code>HEED_API_KEY</code>.
        </p>
        <label className={css.field}>
          API key
          <input
            type="password"
            name="api_key"
            autoComplete="current-password"
            spellCheck={false}
            required
            value={apiKey}
            onChange={(event) => setApiKey(event.target.value)}
          />
        </label>
        {signIn.error && (
          <p className={css.error} role="alert">
            {visible(signIn.error.message)}
          </p>
        )}
        <Button look="primary" type="submit" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </main>
  )
}
