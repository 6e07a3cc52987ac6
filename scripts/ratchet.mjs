// Words that silence a check may only become fewer: the counts in ratchet.json are the most there may be.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './ready.mjs'

const WORDS = [
  'as any',
  'as never',
  'as unknown as',
  '@ts-expect-error',
  'biome-ignore',
  '.skip(',
  '.only(',
]
const file = join(root, 'scripts/ratchet.json')
const allowed = JSON.parse(readFileSync(file, 'utf8'))
const paths = execFileSync('git', ['ls-files', '*.ts', '*.tsx'], { cwd: root, encoding: 'utf8' })
const texts = paths
  .split('\n')
  .filter(Boolean)
  .map((path) => readFileSync(join(root, path), 'utf8'))
const counted = Object.fromEntries(
  WORDS.map((word) => {
    const whole = new RegExp(`${word.replace(/[.(]/g, '\\$&')}(?!\\w)`, 'g')
    return [word, texts.reduce((sum, text) => sum + (text.match(whole)?.length ?? 0), 0)]
  }),
)
if (process.argv.includes('--write')) {
  writeFileSync(file, `${JSON.stringify(counted, null, 2)}\n`)
} else {
  const grown = WORDS.filter((word) => counted[word] > (allowed[word] ?? 0))
  for (const word of grown) {
    console.error(
      `"${word}" stands ${counted[word]} times; at most ${allowed[word] ?? 0} are allowed.`,
    )
  }
  process.exit(grown.length === 0 ? 0 : 1)
}
