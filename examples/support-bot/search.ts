import { readdir, readFile } from 'node:fs/promises'

/** One section of a document. */
export interface Passage {
  readonly source: string
  readonly title: string
  readonly text: string
}

export interface Hit extends Passage {
  /** BM25; comparable within one query only. */
  readonly score: number
}

/** Words that say nothing about a subject. */
const STOP = new Set(
  'a an and are be by can do does for from get have how i in is it me my of on or the to was what when where which who why will with you your'.split(
    ' ',
  ),
)

/** Lower-case words without endings, so that "refunds" finds "refund". */
const words = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !STOP.has(word))
    .map((word) => word.replace(/(?<=.{3})(ing|ed|es|s)$/, '').replace(/(?<=.{3})e$/, ''))

/** Reads all sections of the Markdown files in a folder. */
export async function readPassages(folder: URL): Promise<Passage[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()
  const documents = await Promise.all(
    names.map(async (source) => ({
      source,
      text: await readFile(new URL(source, folder), 'utf8'),
    })),
  )
  return documents.flatMap(({ source, text }) =>
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [title = '', ...body] = section.split('\n')
        return { source, title, text: body.join('\n').trim().replace(/\n/g, ' ') }
      }),
  )
}

/** An index over passages; `search` gives the best ones first, only those that share a word. */
export function buildIndex(passages: readonly Passage[]) {
  // The title counts three times: it is what the passage is about.
  const bags = passages.map(({ title, text }) => words(`${title} ${title} ${title} ${text}`))
  const meanLength = bags.reduce((sum, bag) => sum + bag.length, 0) / Math.max(1, bags.length)
  const holding = new Map<string, number>()
  for (const bag of bags) {
    for (const word of new Set(bag)) holding.set(word, (holding.get(word) ?? 0) + 1)
  }

  /** Robertson and Zaragoza (2009), BM25 with k1 = 1.2 and b = 0.75. */
  const scoreOf = (bag: readonly string[], query: readonly string[]): number =>
    query.reduce((sum, word) => {
      const count = bag.filter((other) => other === word).length
      const n = holding.get(word) ?? 0
      const rarity = Math.log(1 + (passages.length - n + 0.5) / (n + 0.5))
      const length = 1 - 0.75 + (0.75 * bag.length) / meanLength
      return sum + (rarity * count * 2.2) / (count + 1.2 * length)
    }, 0)

  return {
    search(question: string, limit: number): Hit[] {
      const query = [...new Set(words(question))]
      return passages
        .map((passage, at) => ({ ...passage, score: scoreOf(bags[at] ?? [], query) }))
        .filter(({ score }) => score > 0)
        .sort((left, right) => right.score - left.score)
        .slice(0, limit)
    },
  }
}
