import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { AppError, ERROR_CODES } from '../../src/errors.ts'
import { FIELDS, type FilterField } from '../../src/wire/filter-fields.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8')

test('docs/errors.md lists every code with its status, and none that does not exist', () => {
  const listed = [...read('docs/errors.md').matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)].map(
    (match) => [match[1], Number(match[2])],
  )
  expect(listed).toEqual(ERROR_CODES.map((code) => [code, new AppError(code).status]))
})

test('docs/configuration.md lists every variable that the server reads, and no other', () => {
  const read_ = [...read('src/config.ts').matchAll(/^ {2}(HEED_\w+):/gm)].map((match) => match[1])
  const listed = [...read('docs/configuration.md').matchAll(/^\| `(HEED_\w+)`/gm)].map((m) => m[1])
  expect(listed).toEqual(read_)
})

test('docs/filters.md lists every field of every source as the table has it', () => {
  const [, ...sections] = read('docs/filters.md').split(/^### /m)
  const listed = sections.map((section) =>
    [...section.matchAll(/^\| `([\w.…]+)` +\| ([\w, ]+?) +\| (.+?) +\|$/gm)]
      .filter(([, , type = '']) => /^(text|words|number|time|boolean|flag|any)/.test(type))
      .map(([, ...cells]) => cells),
  )
  const wanted = Object.values(FIELDS).map((fields: Record<string, FilterField>) =>
    Object.entries(fields).map(([name, { hasPath, isMany, type, doc }]) => [
      hasPath ? `${name}.…` : name,
      isMany ? `${type}, many` : type,
      doc,
    ]),
  )
  expect(listed).toEqual(wanted)
})

test('a variable with a wrong value is named', () => {
  expect(() => readConfig({ HEED_PORT: 'many' })).toThrow(/^HEED_PORT: /)
  expect(() => readConfig({ HEED_CLICKHOUSE_URL: 'localhost' })).toThrow(
    /HEED_CLICKHOUSE_URL: must/,
  )
  expect(readConfig({ HEED_PORT: '' }).port).toBe(4333)
})

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync(`${ROOT}/docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
)

test.each(pages)('every file that %s links to is there', (page) => {
  const folder = page.includes('/') ? 'docs/' : ''
  for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    expect(() => readFileSync(`${ROOT}/${folder}${link}`), `${page} links to ${link}`).not.toThrow()
  }
})
