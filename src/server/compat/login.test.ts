import { afterAll, beforeAll, expect, test } from 'vitest'
import { BODY_BYTES_MAX, type Heed, newProject, openHeed } from '../../../test/support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(async () => heed?.close())

test('login takes a request without a body, whatever type it claims to have', async () => {
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const { status, body } = await heed.post('/api/apikey/login', '', headers)
    expect(status).toBe(200)
    const origin = 'http://localhost'
    expect(body.org_info).toMatchObject([{ name: 'default', api_url: origin, proxy_url: origin }])
  }
})

test('login refuses a key that is not known', async () => {
  const headers = { authorization: 'Bearer heed_somebody_elses' }
  expect((await heed.post('/api/apikey/login', '', headers)).status).toBe(401)
})

test('a project is registered once, and found by its id', async () => {
  const project_name = newProject()
  const register = () => heed.post('/api/project/register', { project_name, org_id: null })
  const [first, second] = await Promise.all([register(), register()])
  expect(first.body.project).toMatchObject({ name: project_name })
  expect(second.body).toEqual(first.body)
  const { id, org_id } = first.body.project
  const login = await heed.post('/api/apikey/login', '')
  expect(login.body.org_info[0].id).toBe(org_id)
  expect((await heed.get('/api/project', { id })).body.name).toBe(project_name)
  expect((await heed.post('/api/project/get', { id })).body).toEqual([first.body.project])
})

test('a project that is not there is an empty list, and a name that is missing is named', async () => {
  const id = crypto.randomUUID()
  expect((await heed.post('/api/project/get', { id })).body).toEqual([])
  expect((await heed.get('/api/project', { id })).status).toBe(404)
  const { status, body } = await heed.post('/api/project/register', {})
  expect([status, body.error.details[0].field]).toEqual([400, 'project_name'])
})

test('a batch of the advertised number of characters fits, were each of three bytes', async () => {
  const { body } = await heed.get('/version')
  expect(body.logs3_payload_max_bytes * 3).toBeLessThanOrEqual(BODY_BYTES_MAX)
  expect(body.logs3_payload_max_bytes).toBeGreaterThan(BODY_BYTES_MAX / 4)
})
