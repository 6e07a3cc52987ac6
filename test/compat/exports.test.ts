import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { documented, exportsOf } from './citations.ts'
import { NEWEST } from './sdks.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const read = (path: string) => readFileSync(here(path), 'utf8')

describe.each(NEWEST)('$name', (sdk) => {
  const { names, rows } = documented(sdk)

  test('the page lists every export of the package once, and nothing else', async () => {
    expect(names.sort()).toEqual(Object.keys(await exportsOf(sdk)).sort())
  })

  test('what the page says works has a test of the name that it gives', () => {
    expect(rows.length).toBeGreaterThan(15)
    for (const { functions, works, shownBy } of rows) {
      const [, suite = '', title = ''] = /^([\w-]+): (.+)$/.exec(shownBy) ?? []
      expect([functions, works === 'yes']).toEqual([functions, title !== ''])
      if (title === '') continue
      expect(existsSync(here(`${suite}.test.ts`))).toBe(true)
      const text = read(`${suite}.test.ts`)
      expect(text).toContain(`'${title}'`)
      // That they were called is asked there.
      expect(text).toContain(`testCitations('${suite}')`)
    }
  })
})

test.each([
  ['js', './programs/parents.mjs'],
  ['py', './programs/parents.py'],
])('the helper of the page in %s is the one that the tests use', (language, program) => {
  const page = read('../../docs/compatibility.md')
  const [, code = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page) ?? []
  const helper = code.slice(code.search(/^(function|def) /m)).trim()
  expect(helper.length).toBeGreaterThan(200)
  const inProgram = read(program).replaceAll(/^ *(\/\*\*.*\*\/|""".*""")\n/gm, '')
  expect(inProgram).toContain(helper.replaceAll(/^ *""".*"""\n/gm, ''))
})
