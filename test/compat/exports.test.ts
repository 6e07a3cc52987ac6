import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { PYTHON, runProgram, type Sdk, TYPESCRIPT } from './sdks.ts'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const page = read('../../docs/compatibility.md')

/** A server is not asked for: nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9'

const newest = ([sdk]: readonly Sdk[]) => sdk as Sdk

describe.each([newest(TYPESCRIPT), newest(PYTHON)])('$name', (sdk) => {
  const [, section = ''] = page.split(new RegExp(`^### .*${sdk.name}$`, 'm'))
  const [text = ''] = section.split(/^#/m)
  const rows = [...text.matchAll(/^\| (`.*?) \| (.*?) \| (.*?) \|$/gm)]

  test('the page lists every export of the package once, and nothing else', async () => {
    const withoutTests = text.replaceAll(/\| `[\w-]+: .*?` \|$/gm, '|')
    const listed = [...withoutTests.matchAll(/`([\w.]+)`/g)].map(([, name]) => name)
    expect(listed.sort()).toEqual((await runProgram(sdk, 'exports', NOWHERE, {})).sort())
  })

  test('what the page says works has a test of the name that it gives', () => {
    expect(rows.length).toBeGreaterThan(15)
    for (const [, functions, works, shownBy = ''] of rows) {
      const [, file = '', title = ''] = /^`([\w-]+): (.+)`$/.exec(shownBy) ?? []
      expect([functions, works === 'yes']).toEqual([functions, title !== ''])
      if (title === '') continue
      expect(existsSync(fileURLToPath(new URL(`${file}.test.ts`, import.meta.url)))).toBe(true)
      expect(read(`${file}.test.ts`)).toContain(`'${title}'`)
    }
  })
})

test.each([
  ['js', './programs/parents.mjs'],
  ['py', './programs/parents.py'],
])('the helper of the page in %s is the one that the tests use', (language, program) => {
  const [, code = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page) ?? []
  const helper = code.slice(code.search(/^(function|def) /m)).trim()
  expect(helper.length).toBeGreaterThan(200)
  const inProgram = read(program).replaceAll(/^ *(\/\*\*.*\*\/|""".*""")\n/gm, '')
  expect(inProgram).toContain(helper.replaceAll(/^ *""".*"""\n/gm, ''))
})
