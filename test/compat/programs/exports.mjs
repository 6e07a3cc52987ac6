// Prints the names of what an SDK exports: functions, and the members of the classes that a user holds.
const sdk = await import(process.env.COMPAT_SDK)

const HELD = [
  ...['Logger', 'SpanImpl', 'Dataset', 'Experiment', 'ReadonlyExperiment', 'ObjectFetcher'],
  ...['Attachment', 'ReadonlyAttachment'],
]
const isPublic = (name) => !name.startsWith('_') && name !== 'constructor'
const functions = Object.keys(sdk).filter(
  (name) => typeof sdk[name] === 'function' && isPublic(name),
)
const members = HELD.flatMap((name) =>
  Object.getOwnPropertyNames(sdk[name].prototype)
    .filter(isPublic)
    .map((member) => `${name}.${member}`),
)
console.log(JSON.stringify([...functions, ...members]))
