// Prints what an SDK exports, functions and the members of the classes that a user holds, by name: where
// in which script each begins and ends.
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

const session = new Session()
session.connect()
const urls = new Map()
session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
const ask = (method, params) => {
  let answer
  session.post(method, params, (error, result) => {
    if (error) throw new Error(error.message)
    answer = result
  })
  return answer
}
ask('Debugger.enable')

const sdk = await import(process.env.COMPAT_SDK)

const sources = new Map()
const sourceOf = (file) => {
  if (!sources.has(file)) sources.set(file, readFileSync(file, 'utf8'))
  return sources.get(file)
}

/** Where a function is written: the debugger tells a line inside of its head, the text of it the rest. */
function placeOf(fn) {
  if (typeof fn !== 'function') return []
  globalThis.lookedUp = fn
  const { result } = ask('Runtime.evaluate', { expression: 'lookedUp' })
  const { internalProperties } = ask('Runtime.getProperties', { objectId: result.objectId })
  const location = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value
  if (!location) return []
  const { scriptId, lineNumber, columnNumber } = location.value
  const file = fileURLToPath(urls.get(scriptId))
  const source = sourceOf(file)
  let line = 0
  for (let n = 0; n < lineNumber; n++) line = source.indexOf('\n', line) + 1
  const text = String(fn)
  const begin = source.lastIndexOf(text, line + columnNumber)
  // Of a class anything in it counts, of a function its own beginning.
  return [[file, begin, /^class\b/.test(text) ? begin + text.length : begin + 1]]
}

const HELD = [
  ...['Logger', 'SpanImpl', 'Dataset', 'Experiment', 'ReadonlyExperiment', 'ObjectFetcher'],
  ...['Attachment', 'ReadonlyAttachment'],
]
const isPublic = (name) => !name.startsWith('_') && name !== 'constructor'
const functions = Object.keys(sdk)
  .filter((name) => typeof sdk[name] === 'function' && isPublic(name))
  .map((name) => [name, placeOf(sdk[name])])
const members = HELD.flatMap((name) =>
  Object.entries(Object.getOwnPropertyDescriptors(sdk[name].prototype))
    .filter(([member]) => isPublic(member))
    .map(([member, { value, get }]) => [`${name}.${member}`, placeOf(value ?? get)]),
)
console.log(JSON.stringify(Object.fromEntries([...functions, ...members])))
