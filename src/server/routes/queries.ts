import { Hono } from 'hono'
import { z } from 'zod'
import { GROUP_BY_MAX, GROUP_VALUES_MAX, type Storage } from '../../storage/index.ts'
import { ProjectRef } from '../../wire/common.ts'
import { FilterSource } from '../../wire/filter.ts'
import { Every } from '../../wire/groups.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'
import { checkedFilter, groupField, valueField } from '../filter.ts'

const Counted = ProjectRef.extend({
  of: FilterSource.default('traces'),
  filter: z.string().optional(),
})

const Grouped = Counted.extend({
  every: Every.optional(),
  by: z.array(z.string()).max(GROUP_BY_MAX),
  value: z.array(z.string()).max(GROUP_VALUES_MAX),
})

/** Numbers over all rows that a filter lets through: how many, and by group. */
export const queryRoutes = ({ projects, count, groups }: Storage) =>
  new Hono<Env>()
    .get('/count', async (c) => {
      const { of: source, filter: text, ...ref } = check(Counted, c.req.query())
      const filter = checkedFilter(source, text)
      const { id: projectId } = await projects.find(ref)
      return c.json(await count({ source, projectId, filter, now: Date.now() }))
    })
    .get('/groups', async (c) => {
      const lists = { by: c.req.queries('by') ?? [], value: c.req.queries('value') ?? [] }
      const { of: source, ...asked } = check(Grouped, { ...c.req.query(), ...lists })
      const filter = checkedFilter(source, asked.filter)
      const by = asked.by.map((text) => groupField(source, text))
      const values = asked.value.map((text) => valueField(source, text))
      const { every } = asked
      const { id: projectId } = await projects.find(asked)
      return c.json(await groups({ source, projectId, filter, now: Date.now(), by, every, values }))
    })
