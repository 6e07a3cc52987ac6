import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { NEWEST, noteCalls, runProgram, type Sdk } from './sdks.ts'

const PAGE = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url))

/** A server is not asked for: nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9'

/** A row of the table of exports. */
interface Row {
  readonly functions: readonly string[]
  readonly works: string
  /** The test that shows it, `<suite>: <title>`; empty where there is none. */
  readonly shownBy: string
}

/** What the page says of the exports of an SDK: all names, and the rows of the table. */
export function documented(sdk: Sdk): { readonly names: string[]; readonly rows: Row[] } {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split(new RegExp(`^### .*${sdk.name}$`, 'm'))
  const [text = ''] = section.split(/^#/m)
  const namesIn = (part: string) => [...part.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name)
  const rows = [...text.matchAll(/^\| (`.*?) \| (.*?) \| (?:`(.*?)`)? *\|$/gm)].map(
    ([, functions = '', works = '', shownBy = '']) => ({
      functions: namesIn(functions),
      works,
      shownBy,
    }),
  )
  return { names: namesIn(text.replaceAll(/\| `[\w-]+: .*?` \|$/gm, '|')), rows }
}

/** Where an export begins and ends, in offsets or lines of a file. */
type Place = readonly [file: string, from: number, to: number]

/** What an SDK exports, with the places where it is written. */
export const exportsOf = (sdk: Sdk): Promise<Record<string, Place[]>> =>
  runProgram(sdk, 'exports', NOWHERE, {})

/**
 * Adds a test, behind all others of a suite: every function for which the page cites the suite was called
 * while its programs ran.
 */
export function testCitations(suite: string): void {
  const citing = NEWEST.map((sdk) => ({
    name: sdk.name,
    sdk,
    functions: documented(sdk)
      .rows.filter(({ shownBy }) => shownBy.startsWith(`${suite}: `))
      .flatMap((row) => row.functions),
  })).filter(({ functions }) => functions.length > 0)
  const noted = new Map(citing.map(({ sdk }) => [sdk, noteCalls(sdk)]))
  test.each(citing)('what the page cites these tests for was called: $name', async (one) => {
    const calls = [...(noted.get(one.sdk) ?? [])]
    const places = await exportsOf(one.sdk)
    const isCalled = ([file, from, to]: Place) =>
      calls.some(([where, at]) => where === file && from <= at && at < to)
    const isMissing = (name: string) => !(places[name] ?? []).some(isCalled)
    expect(one.functions.filter(isMissing)).toEqual([])
  })
}
