import { expect, test } from 'vitest'
import { newProject, openHeed } from '../../test/support/heed.ts'

test('once the storage is closed, what is known is answered and what is new refused', async () => {
  const heed = await openHeed()
  const [known, late] = [newProject(), newProject()]
  const register = (project_name: string) => heed.post('/api/project/register', { project_name })
  const before = await register(known)
  const begun = heed.storage.projects.ensure({ project_name: late })
  await heed.close()
  expect((await heed.post('/api/apikey/login', '')).status).toBe(200)
  expect(await register(known)).toEqual(before)
  expect((await register(late)).body.project).toMatchObject(await begun)
  const { status, body } = await register(newProject())
  expect([status, body.error.code]).toEqual([503, 'shutting_down'])
})
