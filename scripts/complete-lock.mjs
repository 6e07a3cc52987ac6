// Adds to package-lock.json the optional packages of platforms that npm could not ask about when the
// lock was written, so that `npm ci` accepts it and installs them where they belong.
// Usage, after `npm install`: node scripts/complete-lock.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = new Map()
for (const { optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (lock.packages[`node_modules/${name}`] || !/^\d/.test(version)) continue
    missing.set(`node_modules/${name}`, { version, ...platform(name), optional: true })
  }
}

if (process.argv.includes('--check')) {
  for (const path of missing.keys()) console.error(`package-lock.json lacks ${path}`)
  process.exit(missing.size === 0 ? 0 : 1)
}
const entries = [...Object.entries(lock.packages), ...missing]
const [root, ...rest] = entries
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))])
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${missing.size} packages of other platforms added`)

/** What the name of a platform package says of where it belongs. */
function platform(name) {
  const words = name.split('/').at(-1).split('-')
  const pick = (known) => known.find((word) => words.includes(word))
  const os = pick([
    'darwin',
    'linux',
    'win32',
    'android',
    'freebsd',
    'openbsd',
    'netbsd',
    'sunos',
    'aix',
    'openharmony',
  ])
  const cpu = pick([
    'arm64',
    'x64',
    'ia32',
    'arm',
    'ppc64',
    'riscv64',
    's390x',
    'loong64',
    'mips64el',
    'wasm32',
  ])
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}
