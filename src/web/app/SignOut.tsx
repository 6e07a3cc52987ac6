import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'

export function SignOut() {
  const client = useQueryClient()
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => client.resetQueries(),
  })
  return (
    <Button
      look="quiet"
      aria-label="Sign out"
      title="Sign out"
      disabled={signOut.isPending}
      onClick={() => signOut.mutate()}
    >
      <Icon name="signOut" />
    </Button>
  )
}
